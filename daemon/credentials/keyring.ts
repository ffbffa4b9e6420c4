import type { RegistryCredential } from './docker-config.ts';
import {
  matchesRegistry,
  normalKey,
  type RegistryPattern,
  registryPattern,
  splitAddress,
} from './registry-pattern.ts';

/** What a registry is shown. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

interface Ring extends RegistryPattern {
  readonly credentials: Credential[];
}

/** Keys of Docker's own configuration file name the hub by its old host. */
const DOCKER_HUB_KEY = 'index.docker.io';

/** Credentials by registry pattern, matched as kubelet does. */
export class Keyring {
  readonly #rings: readonly Ring[];

  constructor(entries: readonly RegistryCredential[]) {
    const rings = new Map<string, Ring>();
    for (const { key, username, password } of entries) {
      const pattern = registryPattern(normalKey(key));
      if (pattern === undefined) continue;
      const ring = rings.get(pattern.text) ?? { ...pattern, credentials: [] };
      ring.credentials.push({ username, password });
      rings.set(pattern.text, ring);
    }
    this.#rings = [...rings.values()].sort(descending);
  }

  /**
   * Every credential for a repository (`docker.io/library/nginx`, without tag), in the order to try them: longer keys
   * before their prefixes, equal keys as given.
   */
  lookup(repository: string): readonly Credential[] {
    const address = splitAddress(repository);
    const found = this.#rings.filter(ring => matchesRegistry(ring, address));
    if (found.length > 0) return found.flatMap(ring => ring.credentials);
    if (!isOnDockerHub(repository)) return [];
    return this.#rings.find(ring => ring.text === DOCKER_HUB_KEY)?.credentials ?? [];
  }
}

/** No host in front, or one of the hub's own. */
function isOnDockerHub(repository: string): boolean {
  const [first = '', ...rest] = repository.split('/');
  if (first === '') return false;
  if (rest.length === 0 || first === 'docker.io' || first === DOCKER_HUB_KEY) return true;
  return !/[.:]/.test(first);
}

/** Byte-wise, so that `*` comes after letters and digits, and a prefix after what it begins. */
function descending(a: Ring, b: Ring): number {
  return Buffer.compare(Buffer.from(b.text), Buffer.from(a.text));
}
