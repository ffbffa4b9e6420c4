import type { CredentialPart } from './credential-part.ts';
import type { CredentialRequest } from './credential-source.ts';
import { Keyring } from './keyring.ts';
import type { PullSecret, SecretStore } from './secret-store.ts';

/**
 * Credentials from the pull secrets that a NodeImage names for the image. It names them for all jobs that want the image, so a mirrored
 * secret is used only if one of its jobs wants this tag: one namespace's credentials never pull another's image.
 */
export function pullSecretCredentials(store: SecretStore): CredentialPart {
  return async request => {
    const secrets = await loadFor(store, request);
    const own = secrets.filter(secret => isFor(secret, request));
    const foreign = secrets.filter(secret => !isFor(secret, request));
    return {
      credentials: new Keyring(own.flatMap(secret => secret.credentials)).lookup(
        request.repository,
      ),
      problems: [
        ...own.flatMap(secret => secret.problems),
        ...foreign.map(({ key }) => `pull secret ${key} is for other jobs`),
      ],
      lacks: own.filter(isWell).map(({ key }) => `pull secret ${key} has none for it`),
    };
  };
}

/** Of the others their problem says enough. */
function isWell({ problems }: PullSecret): boolean {
  return problems.length === 0;
}

async function loadFor(
  store: SecretStore,
  { pullSecrets, fresh, signal, ...request }: CredentialRequest,
): Promise<readonly PullSecret[]> {
  const secrets = await store.load(pullSecrets, { fresh, signal });
  // A job may have joined the others after we read a secret.
  if (fresh || secrets.every(secret => isFor(secret, request))) return secrets;
  return store.load(pullSecrets, { fresh: true, signal });
}

function isFor(secret: PullSecret, { jobs }: Pick<CredentialRequest, 'jobs'>): boolean {
  return secret.jobs === undefined || jobs.some(job => secret.jobs?.has(job) === true);
}
