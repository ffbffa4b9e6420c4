import { connectKube, type KubeConnection } from '../kube/connect-kube.ts';
import { loadKubeConfigAccess } from '../kube/kube-config.ts';
import type { ReflectorDeps } from '../kube/reflector.ts';
import { systemClock } from '../runtime/clock.ts';
import { noMetrics } from '../runtime/metrics.ts';
import { createPlainLogger } from '../runtime/plain-logger.ts';

/** Connects to the API server of a kubeconfig under `name`. */
export async function connectAs(name: string, kubeconfig: string): Promise<KubeConnection> {
  const clock = systemClock;
  const access = await loadKubeConfigAccess({ path: kubeconfig }, { clock });
  const options = { access, userAgent: name, fieldManager: name };
  return connectKube(options, { clock, random: Math.random });
}

/** What informers and nodes need; they say on stderr what goes wrong. */
export function informerDeps(
  name: string,
  { client }: Pick<KubeConnection, 'client'>,
): ReflectorDeps {
  const log = createPlainLogger({ level: 'warn', name });
  return { client, clock: systemClock, log, metrics: noMetrics, random: Math.random };
}
