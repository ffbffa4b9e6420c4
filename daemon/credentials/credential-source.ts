import type { ObjectKey } from '../../api/meta.ts';
import type { PullSecretReference } from '../../api/node-image.ts';
import type { Credential } from './keyring.ts';

/** For what credentials are wanted. */
export interface CredentialRequest {
  /** Whole name without tag: `docker.io/library/nginx`. */
  readonly repository: string;
  readonly pullSecrets: readonly PullSecretReference[];
  /** The jobs that want the image, as `namespace/name`. */
  readonly jobs: readonly ObjectKey[];
  /** True after a refusal: nothing that is kept may be used. */
  readonly fresh: boolean;
  readonly signal: AbortSignal;
}

export interface FoundCredentials {
  /** In the order to try them. Empty: pull anonymously. */
  readonly credentials: readonly Credential[];
  /** What could not be used, for the message of a pull that fails. */
  readonly problems: readonly string[];
  /** Set when there are none: that, and where they were looked for. For the message of a pull that the registry refuses. */
  readonly absence?: string;
}

/** Somewhere credentials come from. Rejects only when its signal aborts: what goes wrong is a problem. */
export type CredentialSource = (request: CredentialRequest) => Promise<FoundCredentials>;
