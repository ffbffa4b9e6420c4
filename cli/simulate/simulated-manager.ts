import { MANAGER_FIELD_MANAGER } from '../../api/names.ts';
import { setupControllers } from '../../controllers/index.ts';
import { createInformers } from '../../controllers/informers.ts';
import { createEventRecorder } from '../../kube/create-event-recorder.ts';
import { createInformer } from '../../kube/create-informer.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Runnable } from '../../runtime/lifecycle.ts';
import { silentLogger as log } from '../../runtime/log.ts';
import { noMetrics as metrics } from '../../runtime/metrics.ts';
import { FEATURE_GATES } from '../manager/options.ts';

export interface SimulatedManagerDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: () => number;
}

/** As with the manager's default lease (cli/manager/compose-leading.ts). */
const WRITE_DEADLINE_MS = 4_000;

/** The real caches and controllers of a manager that leads. It has no webhooks: nothing of a job passes through them once it is made. */
export function createSimulatedManager(
  options: { readonly maxPullsPerRegistry: number },
  deps: SimulatedManagerDeps,
): Runnable {
  const all = { ...deps, log, metrics };
  const informers = createInformers(
    { workloads: [] },
    { createInformer: declared => createInformer(declared, all) },
  );
  const events = createEventRecorder({ component: MANAGER_FIELD_MANAGER }, all);
  const controllers = setupControllers(
    { gates: FEATURE_GATES, writeDeadlineMs: WRITE_DEADLINE_MS, ...options },
    { ...all, informers, events },
  );
  return {
    name: 'manager',
    run: async signal => {
      const caches = informers.run(signal);
      await informers.synced(signal);
      await Promise.all([caches, ...controllers.map(controller => controller.run(signal))]);
    },
  };
}
