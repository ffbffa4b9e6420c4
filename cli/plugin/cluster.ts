import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { connectKube } from '../../kube/connect-kube.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { systemClock } from '../../runtime/clock.ts';
import { loadAccess, readAccessOptions } from '../kube-access.ts';
import { OptionReader, type RawOptions } from '../option-reader.ts';
import { VERSION } from '../version.ts';

/** Owner of the fields that the plugin writes. */
export const PLUGIN_FIELD_MANAGER = 'kubectl-headstart';

/** The cluster and namespace that a command speaks to. */
export interface PluginCluster extends Disposable {
  readonly client: KubeClient;
  readonly namespace: string;
}

/** Connects as kubectl does: flags, KUBECONFIG, `~/.kube/config`, the pod we run in. `warn` hears what the server warns of. */
export async function connectCluster(
  raw: RawOptions,
  warn: (warning: string) => void,
): Promise<PluginCluster> {
  const reader = new OptionReader(raw);
  const named = readAccessOptions(reader);
  const usual = join(homedir(), '.kube', 'config');
  const kubeconfig = named.kubeconfig ?? (existsSync(usual) ? usual : undefined);
  const access = await loadAccess({
    ...named,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  });
  const who = { fieldManager: PLUGIN_FIELD_MANAGER, userAgent: `kubectl-headstart/${VERSION}` };
  const deps = { clock: systemClock, random: Math.random, warn };
  const connection = connectKube({ access, ...who }, deps);
  return {
    client: connection.client,
    namespace: reader.text('namespace') ?? access.namespace ?? 'default',
    [Symbol.dispose]: () => connection.close(),
  };
}
