import type { Secret } from '../../api/core.ts';

/** A name and a password for the registries that `key` matches. */
export interface RegistryCredential {
  /** As written in the configuration: a host, or an address with scheme and path, perhaps with globs. */
  readonly key: string;
  readonly username: string;
  readonly password: string;
}

/** What a pull secret gave, and what in it could not be used. Problems never quote a value. */
export interface DockerConfig {
  readonly credentials: readonly RegistryCredential[];
  readonly problems: readonly string[];
}

/** Types of pull secrets → the key that holds the configuration, and whether the registries stand under `auths` in it. */
const FORMATS: ReadonlyMap<string, { readonly key: string; readonly wrapped: boolean }> = new Map([
  ['kubernetes.io/dockerconfigjson', { key: '.dockerconfigjson', wrapped: true }],
  ['kubernetes.io/dockercfg', { key: '.dockercfg', wrapped: false }],
]);

/** Reads a pull secret as kubelet does, except that a malformed entry hides no other. */
export function dockerConfigOf(secret: Secret): DockerConfig {
  const format = FORMATS.get(secret.type ?? '');
  if (format === undefined) {
    return problem(`has type ${secret.type ?? 'Opaque'}, not ${[...FORMATS.keys()].join(' or ')}`);
  }
  const data = secret.data?.[format.key];
  if (data === undefined) return problem(`has no ${format.key}`);
  const config = parseJson(Buffer.from(data, 'base64').toString());
  const registries = format.wrapped && isObject(config) ? (config['auths'] ?? {}) : config;
  if (!isObject(registries)) return problem(`has a malformed ${format.key}`);
  return readEntries(Object.entries(registries));
}

function problem(text: string): DockerConfig {
  return { credentials: [], problems: [text] };
}

function readEntries(entries: readonly (readonly [string, unknown])[]): DockerConfig {
  const credentials: RegistryCredential[] = [];
  const problems: string[] = [];
  for (const [key, entry] of entries) {
    const read = readEntry(entry);
    if (typeof read === 'string') problems.push(`entry ${JSON.stringify(key)} ${read}`);
    else credentials.push({ key, ...read });
  }
  return { credentials, problems };
}

type UserAndPassword = Pick<RegistryCredential, 'username' | 'password'>;

/** `auth` wins over `username` and `password`. Returns what is wrong when the entry cannot be used. */
function readEntry(entry: unknown): UserAndPassword | string {
  if (!isObject(entry)) return 'is no object';
  const { username = '', password = '', auth = '' } = entry;
  if (typeof username !== 'string' || typeof password !== 'string' || typeof auth !== 'string') {
    return 'has a field that is no string';
  }
  if (auth !== '') return readAuth(auth) ?? 'has an auth that is not base64 of username:password';
  return username === '' ? 'has neither auth nor username' : { username, password };
}

const PADDED = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)$/;
const UNPADDED = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3})?$/;

/** base64 with or without padding. Line breaks are allowed in it, as in Go; Buffer would also take what is not base64. */
function readAuth(auth: string): UserAndPassword | undefined {
  const text = auth.replace(/[\r\n]/g, '');
  if (!PADDED.test(text) && !UNPADDED.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon < 0) return undefined;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Its message would quote the secret.
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
