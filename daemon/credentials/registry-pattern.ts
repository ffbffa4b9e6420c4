import { type ShellPattern, shellPattern } from './shell-pattern.ts';

/** Where credentials apply: `*.example.com:5000/team`. */
export interface RegistryPattern {
  readonly text: string;
  readonly labels: readonly ShellPattern[];
  readonly port: string;
  readonly path: string;
}

/** A repository, taken apart for {@link matchesRegistry}. */
export interface RegistryAddress {
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

/** Splits `host:port/path` by hand: URL would change case, ports and escapes, and refuse patterns. */
export function splitAddress(text: string): RegistryAddress {
  const slash = text.indexOf('/');
  const authority = slash < 0 ? text : text.slice(0, slash);
  const colon = authority.lastIndexOf(':');
  return {
    host: colon < 0 ? authority : authority.slice(0, colon),
    port: colon < 0 ? '' : authority.slice(colon + 1),
    path: slash < 0 ? '' : text.slice(slash),
  };
}

/** Reads a pattern without scheme; undefined when it is none. Its path counts as written. */
export function registryPattern(text: string): RegistryPattern | undefined {
  const { host, port, path } = splitAddress(text);
  const labels: ShellPattern[] = [];
  for (const label of host.split('.')) {
    const pattern = shellPattern(label);
    if (pattern === undefined) return undefined;
    labels.push(pattern);
  }
  return host === '' ? undefined : { text, labels, port, path };
}

/**
 * Kubelet's rule: equal ports, as many labels in the host, each matched by its own pattern, and a path that starts with the pattern's
 * (`/app` also matches `/app2`).
 */
export function matchesRegistry(
  { labels, port, path }: RegistryPattern,
  address: RegistryAddress,
): boolean {
  const parts = address.host.split('.');
  return (
    port === address.port &&
    labels.length === parts.length &&
    address.path.startsWith(path) &&
    labels.every((label, i) => label(parts[i] ?? ''))
  );
}

/** The key of a Docker configuration without scheme, user, and the version of the API that Docker logged in to. */
export function normalKey(key: string): string {
  const { host, port, path } = splitAddress(key.replace(/^(?:https?:\/\/)?(?:[^/@]*@)?/, ''));
  const suffix = path.replace(/^\/v[12]\//, '/');
  return `${host}${port === '' ? '' : `:${port}`}${suffix === '/' ? '' : suffix}`;
}
