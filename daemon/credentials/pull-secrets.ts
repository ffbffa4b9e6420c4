import type { CredentialSource } from './credential-source.ts';
import { Keyring } from './keyring.ts';
import type { SecretStore } from './secret-store.ts';

/** Credentials from the pull secrets that a NodeImage names for the image. */
export function pullSecretCredentials(secrets: SecretStore): CredentialSource {
  return async ({ repository, pullSecrets, fresh, signal }) => {
    if (pullSecrets.length === 0) return { credentials: [], problems: [] };
    const { credentials, problems } = await secrets.load(pullSecrets, { fresh, signal });
    return { credentials: new Keyring(credentials).lookup(repository), problems };
  };
}
