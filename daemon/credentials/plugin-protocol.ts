import { isJsonObject } from '../../api/json.ts';
import type { RegistryCredential } from './docker-config.ts';
import { hasDuplicateMember } from './duplicate-member.ts';
import { goDurationMs } from './go-duration.ts';

/** What kubelet and its credential-provider plugins say to each other (kubelet's credentialprovider.kubelet.k8s.io). */
export const PLUGIN_API_VERSIONS = [
  'credentialprovider.kubelet.k8s.io/v1',
  'credentialprovider.kubelet.k8s.io/v1beta1',
  'credentialprovider.kubelet.k8s.io/v1alpha1',
] as const;
export type PluginApiVersion = (typeof PLUGIN_API_VERSIONS)[number];

const CACHE_KEY_TYPES = ['Image', 'Registry', 'Global'] as const;
/** For what else an answer counts: the same image, images of the same registry, or all. */
export type CacheKeyType = (typeof CACHE_KEY_TYPES)[number];

/** What a plugin answered. */
export interface PluginAnswer {
  readonly cacheKeyType: CacheKeyType;
  /** Absent: the configuration says. */
  readonly cacheDurationMs?: number;
  readonly credentials: readonly RegistryCredential[];
}

/** An answer, or what is wrong with it; that quotes nothing, for it may be a password. */
export type ReadAnswer =
  | { readonly ok: true; readonly answer: PluginAnswer }
  | { readonly ok: false; readonly problem: string };

/** What is written to a plugin's stdin. `image` has no tag and no digest. */
export function pluginRequest(apiVersion: PluginApiVersion, image: string): string {
  return `${JSON.stringify({ kind: 'CredentialProviderRequest', apiVersion, image })}\n`;
}

const FIELDS = new Set(['kind', 'apiVersion', 'cacheKeyType', 'cacheDuration', 'auth']);

/** Reads what a plugin wrote to stdout, as strictly as kubelet does. */
export function readPluginAnswer(text: string, apiVersion: PluginApiVersion): ReadAnswer {
  const value = parseJson(text);
  if (!isJsonObject(value)) return problem('no JSON object');
  if (hasDuplicateMember(text)) return problem('a field twice');
  if (!Object.keys(value).every(field => FIELDS.has(field))) return problem('an unknown field');
  if (value['kind'] !== 'CredentialProviderResponse') {
    return problem('another kind than CredentialProviderResponse');
  }
  if (value['apiVersion'] !== apiVersion) return problem(`another apiVersion than ${apiVersion}`);
  const cacheKeyType = CACHE_KEY_TYPES.find(type => type === value['cacheKeyType']);
  if (cacheKeyType === undefined) {
    return problem(`no cacheKeyType that is one of ${CACHE_KEY_TYPES.join(', ')}`);
  }
  const cache = readCacheDuration(value['cacheDuration']);
  if (cache === undefined) return problem('a malformed cacheDuration');
  const credentials = readAuth(value['auth'] ?? {});
  if (credentials === undefined) return problem('a malformed auth');
  return { ok: true, answer: { cacheKeyType, ...cache, credentials } };
}

function problem(what: string): ReadAnswer {
  return { ok: false, problem: what };
}

function readCacheDuration(value: unknown): Pick<PluginAnswer, 'cacheDurationMs'> | undefined {
  if (value == null) return {};
  const cacheDurationMs = typeof value === 'string' ? goDurationMs(value) : undefined;
  return cacheDurationMs === undefined ? undefined : { cacheDurationMs };
}

const AUTH_FIELDS = new Set(['username', 'password']);

function readAuth(value: unknown): readonly RegistryCredential[] | undefined {
  if (!isJsonObject(value)) return undefined;
  const credentials: RegistryCredential[] = [];
  for (const [key, entry] of Object.entries(value)) {
    if (!isJsonObject(entry)) return undefined;
    const { username = '', password = '' } = entry;
    if (typeof username !== 'string' || typeof password !== 'string') return undefined;
    if (!Object.keys(entry).every(field => AUTH_FIELDS.has(field))) return undefined;
    credentials.push({ key, username, password });
  }
  return credentials;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Its message would quote the answer.
    return undefined;
  }
}
