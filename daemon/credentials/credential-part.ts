import type { CredentialRequest, CredentialSource } from './credential-source.ts';
import type { Credential } from './keyring.ts';
import { splitAddress } from './registry-pattern.ts';

/** What one of several places gave. */
export interface CredentialFindings {
  readonly credentials: readonly Credential[];
  readonly problems: readonly string[];
  /** Who was asked, is well, and has nothing for the image: `pull secret ns/name has none for it`. */
  readonly lacks: readonly string[];
}

/** One of several places that credentials come from. Rejects only when the request's signal aborts. */
export type CredentialPart = (request: CredentialRequest) => Promise<CredentialFindings>;

/** Asks all parts; what they find is tried in their order. */
export function credentialsFrom(parts: readonly CredentialPart[]): CredentialSource {
  return async request => {
    const found = await Promise.all(parts.map(part => part(request)));
    const credentials = found.flatMap(each => each.credentials);
    const problems = found.flatMap(each => each.problems);
    if (credentials.length > 0) return { credentials, problems };
    const lacks = found.flatMap(each => each.lacks);
    return { credentials, problems, absence: absenceOf(request, lacks) };
  };
}

function absenceOf(
  { repository, pullSecrets }: CredentialRequest,
  lacks: readonly string[],
): string {
  const { host, port } = splitAddress(repository);
  const none = `no credential for registry ${host}${port === '' ? '' : `:${port}`}`;
  const reasons = pullSecrets.length === 0 ? ['no pull secret is named', ...lacks] : lacks;
  return reasons.length === 0 ? none : `${none}: ${reasons.join(', ')}`;
}
