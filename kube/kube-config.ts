import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../runtime/clock.ts';
import { describeError, HeadstartError } from '../runtime/errors.ts';
import { cachedAccess, type KubeAccess, type KubeCredentials } from './kube-access.ts';

export interface KubeConfigOptions {
  /** One path, or several as KUBECONFIG has them. Default `~/.kube/config`. */
  readonly path?: string;
  /** Default: the current context of the file. */
  readonly context?: string;
}

/**
 * Access by a kubeconfig: client certificates, tokens, token files, basic auth and exec plugins. Throws `KUBECONFIG_UNREADABLE`
 * with a message for people. Loads client-node, which costs 70 MB; a pod needs `loadInClusterAccess` instead.
 */
export async function loadKubeConfigAccess(
  options: KubeConfigOptions,
  deps: { readonly clock: Clock },
): Promise<KubeAccess> {
  let config = await readConfig(options);
  const server = serverOf(config);
  const read = async (cause: 'expired' | 'refused'): Promise<KubeCredentials> => {
    // Only a fresh KubeConfig runs its exec plugin before the cached token expires.
    if (cause === 'refused') config = await readConfig(options);
    return credentialsOf(config);
  };
  const access = cachedAccess(server, read, deps);
  await access.credentials();
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  return namespace ? { ...access, namespace } : access;
}

async function readConfig(options: KubeConfigOptions): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const { path = join(homedir(), '.kube', 'config') } = options;
  const files = path.split(delimiter).filter(Boolean);
  const config = new KubeConfig();
  for (const [index, file] of files.entries()) {
    const part = new KubeConfig();
    attempt(`cannot read kubeconfig ${file}`, () => part.loadFromFile(file));
    attempt(`cannot merge kubeconfig ${file}`, () => config.mergeConfig(part, index > 0));
  }
  selectContext(config, options.context, path);
  refuseTokenFile(config, files);
  return config;
}

function selectContext(config: KubeConfig, wanted: string | undefined, path: string): void {
  if (wanted !== undefined) config.setCurrentContext(wanted);
  const name = config.getCurrentContext();
  if (config.getContextObject(name) === null) {
    const known = config.getContexts().map(context => context.name);
    const what = name ? `no context "${name}"` : 'no current context';
    throw unreadable(`kubeconfig ${path} has ${what}; it has ${known.join(', ') || 'none'}`);
  }
  if (config.getCurrentCluster() === null) {
    throw unreadable(`kubeconfig ${path} has no cluster for context "${name}"`);
  }
}

/** client-node drops `tokenFile`; going on as nobody would end in a puzzling 403. */
function refuseTokenFile(config: KubeConfig, files: readonly string[]): void {
  const user = config.getCurrentUser();
  if (user === null) return;
  const { token, username, certFile, certData, exec, authProvider } = user;
  if (token || username || certFile || certData || exec || authProvider) return;
  if (files.some(file => readFileSync(file, 'utf8').includes('tokenFile'))) {
    throw unreadable(
      `user "${user.name}" has a tokenFile, which is not supported; use token or exec`,
    );
  }
}

function serverOf(config: KubeConfig): URL {
  const cluster = config.getCurrentCluster();
  if (cluster?.proxyUrl) {
    throw unreadable(`cluster "${cluster.name}" has a proxy-url, which is not supported`);
  }
  return attempt(`cluster "${cluster?.name}" has no valid server`, () => {
    return new URL(cluster?.server ?? '');
  });
}

async function credentialsOf(config: KubeConfig): Promise<KubeCredentials> {
  const headers: Record<string, string> = {};
  const options: RequestOptions = { headers };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    const user = config.getCurrentUser()?.name;
    throw unreadable(`cannot get credentials of user "${user}"`, cause);
  }
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername, auth } = options;
  const basic = auth ? { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return {
    tls: defined({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }),
    headers: { ...basic, ...headers },
  };
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function attempt<T>(message: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    // A YAML error goes on with an excerpt of the file, which may be a token.
    const [reason] = describeError(cause).split('\n', 1);
    throw unreadable(`${message}: ${reason}`);
  }
}

const unreadable = (message: string, cause?: unknown): HeadstartError =>
  new HeadstartError('KUBECONFIG_UNREADABLE', message, { cause });
