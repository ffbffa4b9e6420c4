import { SYSTEM_NAMESPACE } from '../../api/names.ts';
import { CLONE_SETS } from '../../api/resources.ts';
import { createInformers, type Informers } from '../../controllers/informers.ts';
import { createInformer } from '../../kube/create-informer.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { noMetrics } from '../../runtime/metrics.ts';

/** The caches of a manager, filled and followed. */
export interface RunningCaches extends AsyncDisposable {
  readonly caches: Informers;
}

/** Runs the manager's caches on `client`. */
export async function runCaches(client: KubeClient, clock: Clock): Promise<RunningCaches> {
  const deps = { client, clock, log: silentLogger, metrics: noMetrics, random: () => 0.5 };
  const caches = createInformers(
    { workloads: [CLONE_SETS], namespace: SYSTEM_NAMESPACE },
    { createInformer: declared => createInformer(declared, deps) },
  );
  const abort = new AbortController();
  const running = caches.run(abort.signal).catch(() => {});
  await caches.synced();
  return {
    caches,
    [Symbol.asyncDispose]: async () => {
      abort.abort(new Error('the test ended'));
      await running;
    },
  };
}
