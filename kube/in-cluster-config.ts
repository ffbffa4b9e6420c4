import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../runtime/clock.ts';
import { HeadstartError } from '../runtime/errors.ts';
import { cachedAccess, type KubeAccess } from './kube-access.ts';

/** Where kubelet mounts the service account of a pod. */
export const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface InClusterOptions {
  /** `KUBERNETES_SERVICE_HOST`. */
  readonly host: string;
  /** `KUBERNETES_SERVICE_PORT`. */
  readonly port: number | string;
  /** Default {@link SERVICE_ACCOUNT_DIRECTORY}. */
  readonly directory?: string;
}

/** Access by the service account of the pod we run in. Throws `KUBECONFIG_UNREADABLE` when there is none. */
export async function loadInClusterAccess(
  options: InClusterOptions,
  deps: { readonly clock: Clock },
): Promise<KubeAccess> {
  const { host, port, directory = SERVICE_ACCOUNT_DIRECTORY } = options;
  const server = new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  const access = cachedAccess(server, () => readServiceAccount(directory), deps);
  await access.credentials();
  return access;
}

async function readServiceAccount(directory: string) {
  const [ca, token] = await Promise.all([
    readText(join(directory, 'ca.crt')),
    readText(join(directory, 'token')),
  ]);
  return { tls: { ca }, headers: { Authorization: `Bearer ${token.trim()}` } };
}

/** The namespace of the pod we run in. */
export async function readPodNamespace(directory = SERVICE_ACCOUNT_DIRECTORY): Promise<string> {
  return (await readText(join(directory, 'namespace'))).trim();
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new HeadstartError(
      'KUBECONFIG_UNREADABLE',
      `cannot read ${path}; outside a cluster give a kubeconfig`,
      { cause, retryable: true },
    );
  }
}
