import type { Secret } from '../../api/core.ts';
import { describeJson, isJsonObject, type JsonObject } from '../../api/json.ts';
import { normalKey } from './registry-pattern.ts';

/** A name and a password for the registries that `key` matches. */
export interface RegistryCredential {
  /** As written in the configuration: a host, or an address with scheme and path, perhaps with globs. */
  readonly key: string;
  readonly username: string;
  readonly password: string;
}

/** What a configuration gave, and what in it could not be used. Problems never quote a value. */
export interface DockerConfig {
  readonly credentials: readonly RegistryCredential[];
  readonly problems: readonly string[];
}

/** `config`: registries stand under `auths`. `dockercfg`: they are the whole, as in Docker before 1.7. */
export type DockerConfigFormat = 'config' | 'dockercfg';

/** Types of pull secrets → the key that holds the configuration, and its format. */
const SECRET_TYPES: ReadonlyMap<
  string,
  { readonly key: string; readonly format: DockerConfigFormat }
> = new Map([
  ['kubernetes.io/dockerconfigjson', { key: '.dockerconfigjson', format: 'config' }],
  ['kubernetes.io/dockercfg', { key: '.dockercfg', format: 'dockercfg' }],
]);

/** Reads a pull secret as kubelet does, except that a malformed entry hides no other. */
export function dockerConfigOf({ type, data = {} }: Secret): DockerConfig {
  const known = SECRET_TYPES.get(type ?? '');
  if (known === undefined) {
    return problem(`has type ${type ?? 'Opaque'}, not ${[...SECRET_TYPES.keys()].join(' or ')}`);
  }
  const content = data[known.key];
  if (content === undefined) return problem(`has no ${known.key}`);
  const config = readDockerConfig(Buffer.from(content, 'base64').toString(), known.format);
  return config ?? problem(`has a malformed ${known.key}`);
}

/** Reads the text of a Docker configuration; undefined when it is none. What Docker keeps elsewhere (`credsStore`, `credHelpers`) kubelet ignores, too. */
export function readDockerConfig(
  text: string,
  format: DockerConfigFormat,
): DockerConfig | undefined {
  const config = parseJson(text);
  const registries =
    format === 'config' && isJsonObject(config) ? (fieldOf(config, 'auths') ?? {}) : config;
  return isJsonObject(registries) ? readEntries(Object.entries(registries)) : undefined;
}

function problem(text: string): DockerConfig {
  return { credentials: [], problems: [text] };
}

function readEntries(entries: readonly (readonly [string, unknown])[]): DockerConfig {
  const credentials: RegistryCredential[] = [];
  const problems: string[] = [];
  for (const [i, [key, entry]] of entries.entries()) {
    const read = readEntry(entry);
    if (typeof read === 'string') problems.push(`entry ${describeKey(key, i + 1)} ${read}`);
    else credentials.push({ key, ...read });
  }
  return { credentials, problems };
}

/** Anything else may hold a password (`https://user:password@host`) or a token. */
const PLAIN_KEY = /^(?:https?:\/\/)?[\w.*?[\]^:-]+(?:\/[\w.*/-]*)?$/;

function describeKey(key: string, number: number): string {
  return PLAIN_KEY.test(key) ? describeJson(normalKey(key)) : `number ${number}`;
}

/** Go takes the names of fields in any case. */
function fieldOf(value: JsonObject, name: string): unknown {
  if (Object.hasOwn(value, name)) return value[name];
  const alike = Object.keys(value).find(key => key.toLowerCase() === name);
  return alike === undefined ? undefined : value[alike];
}

type UserAndPassword = Pick<RegistryCredential, 'username' | 'password'>;

/** `auth` wins over `username` and `password`. Returns what is wrong when the entry cannot be used. */
function readEntry(entry: unknown): UserAndPassword | string {
  if (!isJsonObject(entry)) return 'is no object';
  const username = fieldOf(entry, 'username') ?? '';
  const password = fieldOf(entry, 'password') ?? '';
  const auth = fieldOf(entry, 'auth') ?? '';
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
