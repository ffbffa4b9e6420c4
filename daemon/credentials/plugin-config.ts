import { describeJson, isJsonObject, type JsonObject } from '../../api/json.ts';
import { goDurationMs } from './go-duration.ts';
import { PLUGIN_API_VERSIONS, type PluginApiVersion } from './plugin-protocol.ts';
import { type RegistryPattern, registryPattern } from './registry-pattern.ts';

/** One provider of a CredentialProviderConfig. */
export interface PluginConfig {
  /** Also the name of the program. */
  readonly name: string;
  readonly apiVersion: PluginApiVersion;
  readonly matchImages: readonly RegistryPattern[];
  readonly defaultCacheDurationMs: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The providers that can be used, and what keeps the others from it. Problems quote no value of `args` and `env`. */
export interface PluginConfigs {
  /** False: it is no CredentialProviderConfig at all. */
  readonly readable: boolean;
  readonly plugins: readonly PluginConfig[];
  readonly problems: readonly string[];
}

/** What a text gives that is no configuration. */
export function unreadableConfig(problem: string): PluginConfigs {
  return { readable: false, plugins: [], problems: [problem] };
}

const CONFIG_API_VERSIONS: readonly unknown[] = [
  'kubelet.config.k8s.io/v1',
  'kubelet.config.k8s.io/v1beta1',
  'kubelet.config.k8s.io/v1alpha1',
];

/** Reads a CredentialProviderConfig as kubelet does, except that a bad provider hides no other. */
export function readPluginConfigs(value: unknown): PluginConfigs {
  const problem = problemOfConfig(value);
  if (problem !== undefined) return unreadableConfig(problem);
  const { providers } = value as { readonly providers: readonly unknown[] };
  const plugins: PluginConfig[] = [];
  const problems: string[] = [];
  for (const [i, provider] of providers.entries()) {
    const read = readProvider(provider);
    if (typeof read === 'string') problems.push(`${nameOf(provider, i)}: ${read}`);
    else plugins.push(read);
  }
  return { readable: true, plugins, problems };
}

function problemOfConfig(value: unknown): string | undefined {
  if (!isJsonObject(value)) return 'is no object';
  const { kind, apiVersion, providers } = value;
  if (kind !== 'CredentialProviderConfig') return 'has another kind than CredentialProviderConfig';
  if (!CONFIG_API_VERSIONS.includes(apiVersion)) {
    return `has another apiVersion than ${CONFIG_API_VERSIONS.join(', ')}`;
  }
  const unknown = unknownField(value, ['kind', 'apiVersion', 'providers']);
  if (unknown !== undefined) return `has the unknown field ${unknown}`;
  return Array.isArray(providers) && providers.length > 0 ? undefined : 'has no providers';
}

function nameOf(provider: unknown, index: number): string {
  const name = isJsonObject(provider) ? provider['name'] : undefined;
  return typeof name === 'string' ? `provider ${describeJson(name)}` : `providers[${index}]`;
}

const PROVIDER_FIELDS = [
  'name',
  'apiVersion',
  'matchImages',
  'defaultCacheDuration',
  'args',
  'env',
  'tokenAttributes',
];

/** A provider, or what is wrong with it. */
function readProvider(value: unknown): PluginConfig | string {
  if (!isJsonObject(value)) return 'is no object';
  const unknown = unknownField(value, PROVIDER_FIELDS);
  if (unknown !== undefined) return `has the unknown field ${unknown}`;
  const name = readName(value['name']);
  if (name === undefined) return "needs a name without '/' and white space";
  const apiVersion = PLUGIN_API_VERSIONS.find(version => version === value['apiVersion']);
  if (apiVersion === undefined)
    return `apiVersion must be one of ${PLUGIN_API_VERSIONS.join(', ')}`;
  const matchImages = readMatchImages(value['matchImages']);
  if (typeof matchImages === 'string') return matchImages;
  const defaultCacheDurationMs = readDuration(value['defaultCacheDuration']);
  if (defaultCacheDurationMs === undefined) return 'defaultCacheDuration must be like 12h or 0s';
  const args = readStrings(value['args'] ?? []);
  if (args === undefined) return 'args must be a list of strings';
  const env = readEnv(value['env'] ?? []);
  if (env === undefined) return 'env must be a list of name and value';
  if (needsServiceAccount(value['tokenAttributes'])) {
    return 'needs the token of a pod, which only kubelet has (tokenAttributes.requireServiceAccount)';
  }
  return { name, apiVersion, matchImages, defaultCacheDurationMs, args, env };
}

function unknownField(value: JsonObject, known: readonly string[]): string | undefined {
  const field = Object.keys(value).find(key => !known.includes(key));
  return field === undefined ? undefined : describeJson(field);
}

function readName(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '.' || value === '..') return undefined;
  return /^[^/\s\0]{1,255}$/.test(value) ? value : undefined;
}

function readMatchImages(value: unknown): readonly RegistryPattern[] | string {
  const texts = readStrings(value ?? []);
  if (texts === undefined || texts.length === 0) return 'matchImages must be a list of patterns';
  const patterns: RegistryPattern[] = [];
  for (const text of texts) {
    const pattern = text.includes('://') ? undefined : registryPattern(text);
    if (pattern === undefined) return `matchImages has the malformed pattern ${describeJson(text)}`;
    patterns.push(pattern);
  }
  return patterns;
}

function readDuration(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? goDurationMs(value) : undefined;
  return ms !== undefined && ms >= 0 ? ms : undefined;
}

function readStrings(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter(isProcessText);
  return texts.length === value.length ? texts : undefined;
}

/** No process can be given a NUL. */
function isProcessText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function readEnv(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!Array.isArray(value)) return undefined;
  const variables: [name: string, value: string][] = [];
  for (const entry of value as unknown[]) {
    if (!isJsonObject(entry) || unknownField(entry, ['name', 'value']) !== undefined) {
      return undefined;
    }
    const { name, value: text = '' } = entry;
    if (!isProcessText(name) || !/^[^=]+$/.test(name) || !isProcessText(text)) return undefined;
    variables.push([name, text]);
  }
  return Object.fromEntries(variables);
}

/** Kubelet runs the plugin without a token for pods that have no service account; so can we, unless it may not. */
function needsServiceAccount(tokenAttributes: unknown): boolean {
  if (tokenAttributes == null) return false;
  return !isJsonObject(tokenAttributes) || tokenAttributes['requireServiceAccount'] !== false;
}
