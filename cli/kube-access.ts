import { connectKube, type KubeConnection } from '../kube/connect-kube.ts';
import { loadInClusterAccess } from '../kube/in-cluster-config.ts';
import type { KubeAccess } from '../kube/kube-access.ts';
import { systemClock } from '../runtime/clock.ts';
import { HeadstartError } from '../runtime/errors.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { OptionReader } from './option-reader.ts';
import { VERSION } from './version.ts';

/** Where the API server is: a kubeconfig, or the pod we run in. */
export interface AccessOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Reads `--kubeconfig` (default: KUBECONFIG) and `--context`. */
export function readAccessOptions(reader: OptionReader): AccessOptions {
  const kubeconfig = reader.text('kubeconfig') ?? process.env['KUBECONFIG'];
  const context = reader.text('context');
  return {
    ...(kubeconfig === undefined || kubeconfig === '' ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  };
}

/** Connects to the API server; opens no connection before the first call. */
export async function connect(
  access: AccessOptions,
  options: { readonly fieldManager: string; readonly writeDeadlineMs?: number },
  { metrics }: { readonly metrics: Metrics },
): Promise<KubeConnection> {
  const deps = { clock: systemClock, random: Math.random, metrics };
  const userAgent = `${options.fieldManager}/${VERSION}`;
  return connectKube({ access: await loadAccess(access), userAgent, ...options }, deps);
}

/** The API server that the options name; without any, the one of the pod we run in. */
export async function loadAccess({ kubeconfig, context }: AccessOptions): Promise<KubeAccess> {
  const deps = { clock: systemClock };
  if (kubeconfig !== undefined || context !== undefined) {
    // Loaded only here: it costs 70 MB, which a pod does not need.
    const { loadKubeConfigAccess } = await import('../kube/kube-config.ts');
    const path = kubeconfig === undefined ? {} : { path: kubeconfig };
    return loadKubeConfigAccess({ ...path, ...(context === undefined ? {} : { context }) }, deps);
  }
  const host = process.env['KUBERNETES_SERVICE_HOST'];
  const port = process.env['KUBERNETES_SERVICE_PORT'];
  if (host === undefined || port === undefined) {
    throw new HeadstartError(
      'KUBECONFIG_UNREADABLE',
      'no cluster to talk to: give --kubeconfig, set KUBECONFIG, or run in a pod',
    );
  }
  const directory = process.env['HEADSTART_SERVICE_ACCOUNT_DIRECTORY'];
  return loadInClusterAccess(
    { host, port, ...(directory === undefined ? {} : { directory }) },
    deps,
  );
}
