import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '../runtime/clock.ts';

/** What a TLS connection to the API server needs. */
export interface KubeTls
  extends Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase'> {
  /** Absent means true. */
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

/** How a request proves who sends it. */
export interface KubeCredentials {
  readonly tls: KubeTls;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where the API server is and how to speak to it. */
export interface KubeAccess {
  readonly server: URL;
  /** Of the kubeconfig's context; absent when it names none. */
  readonly namespace?: string;
  /** Cheap to call for every request. The same object until something changed. */
  credentials(): Promise<KubeCredentials>;
  /** Says that the API server refused the credentials (401): they are read again for the next request. */
  refused(): void;
}

/** Credentials change on disk (tokens of service accounts live an hour); client-go looks once a minute as well. */
const CREDENTIALS_TTL_MS = 60_000;
/** While the API server refuses everything, reading again for each request would help nobody. */
const REFUSED_TTL_MS = 1_000;

interface CachedCredentials {
  readonly credentials: Promise<KubeCredentials>;
  readonly readAt: number;
}

/** An access whose credentials are read by `read`, at most once a minute and after a refusal. */
export function cachedAccess(
  server: URL,
  read: (cause: 'expired' | 'refused') => Promise<KubeCredentials>,
  deps: { readonly clock: Clock },
): KubeAccess {
  let cached: CachedCredentials | undefined;
  let latest: KubeCredentials | undefined;
  let refused = false;

  const isFresh = ({ readAt }: CachedCredentials): boolean => {
    const age = deps.clock.monotonicMs() - readAt;
    return age < (refused ? REFUSED_TTL_MS : CREDENTIALS_TTL_MS);
  };
  const readAgain = async (): Promise<KubeCredentials> => {
    const next = await read(refused ? 'refused' : 'expired');
    if (latest === undefined || !isSame(latest, next)) latest = next;
    return latest;
  };

  return {
    server,
    credentials: () => {
      if (cached !== undefined && isFresh(cached)) return cached.credentials;
      const entry = { credentials: readAgain(), readAt: deps.clock.monotonicMs() };
      refused = false;
      cached = entry;
      entry.credentials.catch(() => {
        // The caller of credentials() sees the failure; the next one tries again.
        if (cached === entry) cached = undefined;
      });
      return entry.credentials;
    },
    refused: () => {
      refused = true;
    },
  };
}

const isSame = (a: KubeCredentials, b: KubeCredentials): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
