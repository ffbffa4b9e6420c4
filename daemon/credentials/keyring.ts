import type { RegistryCredential } from './docker-config.ts';

/** What a registry is shown. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** Where a key of the keyring applies. */
interface RegistryPattern {
  /** Key in its normal form; the order of matching. */
  readonly key: string;
  readonly labels: readonly RegExp[];
  readonly port: string;
  readonly path: string;
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
      const pattern = registryPattern(key);
      if (pattern === undefined) continue;
      const ring = rings.get(pattern.key) ?? { ...pattern, credentials: [] };
      ring.credentials.push({ username, password });
      rings.set(pattern.key, ring);
    }
    this.#rings = [...rings.values()].sort(descending);
  }

  /**
   * Every credential for a repository (`docker.io/library/nginx`, without tag), in the order to try them: longer keys
   * before their prefixes, equal keys as given.
   */
  lookup(repository: string): readonly Credential[] {
    const target = splitAddress(repository);
    const found = this.#rings.filter(ring => matches(ring, target));
    if (found.length > 0) return found.flatMap(ring => ring.credentials);
    if (!isOnDockerHub(repository)) return [];
    return this.#rings.find(ring => ring.key === DOCKER_HUB_KEY)?.credentials ?? [];
  }
}

interface Address {
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

/** Splits by hand: URL would change case, ports and escapes, and refuse globs. */
function splitAddress(text: string): Address {
  const slash = text.indexOf('/');
  const authority = slash < 0 ? text : text.slice(0, slash);
  const colon = authority.lastIndexOf(':');
  return {
    host: colon < 0 ? authority : authority.slice(0, colon),
    port: colon < 0 ? '' : authority.slice(colon + 1),
    path: slash < 0 ? '' : text.slice(slash),
  };
}

/** The pattern a key of a Docker configuration stands for, or undefined when it stands for none. */
function registryPattern(key: string): RegistryPattern | undefined {
  const address = splitAddress(key.replace(/^(?:https?:\/\/)?(?:[^/@]*@)?/, ''));
  const { host, port } = address;
  // Docker writes the version of the API it logged in to.
  const path = address.path.replace(/^\/v[12]\//, '/');
  const labels = host.split('.').map(globExpression);
  if (host === '' || !labels.every(label => label !== undefined)) return undefined;
  const suffix = path === '/' ? '' : path;
  const normal = `${host}${port === '' ? '' : `:${port}`}${suffix}`;
  return { key: normal, labels, port, path: suffix };
}

function matches({ labels, port, path }: RegistryPattern, target: Address): boolean {
  const targetLabels = target.host.split('.');
  return (
    port === target.port &&
    labels.length === targetLabels.length &&
    target.path.startsWith(path) &&
    labels.every((label, i) => label.test(targetLabels[i] ?? ''))
  );
}

/** A shell pattern (`*`, `?`, `[a-z]`) within one label of a host; undefined when it is malformed. */
function globExpression(glob: string): RegExp | undefined {
  const source = glob.replace(/\[\^?[^\]]+\]|[\s\S]/g, part => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return part.length > 1 ? part : part.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  });
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined; // such as the range [z-a]
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
  return Buffer.compare(Buffer.from(b.key), Buffer.from(a.key));
}
