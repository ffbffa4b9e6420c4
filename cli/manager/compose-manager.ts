import { MANAGER_FIELD_MANAGER } from '../../api/names.ts';
import { setupControllers } from '../../controllers/index.ts';
import { createInformers } from '../../controllers/informers.ts';
import { createEventRecorder } from '../../kube/create-event-recorder.ts';
import { createInformer } from '../../kube/create-informer.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { createHttpServer } from '../../runtime/http-server.ts';
import type { Runnable } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { createProbes } from '../../runtime/probes.ts';
import type { WebhookServer } from '../../webhook/server.ts';
import { eventsPart } from '../events-part.ts';
import { serverPart } from '../server-part.ts';
import { composeAdmission } from './compose-admission.ts';
import { composeDashboard } from './compose-dashboard.ts';
import { composeLeading, leaseTimes } from './compose-leading.ts';
import type { ManagerOptions } from './options.ts';
import { servedKindsWatch, servedWorkloads } from './served-kinds.ts';

/** What a manager runs on. */
export interface ManagerDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly random: () => number;
  /** Tells replicas apart in the Lease. */
  readonly identity: string;
}

/** The parts of a manager, in the order of their start, and its webhook server, whose port is known once it runs. */
export interface Manager {
  readonly groups: readonly (readonly Runnable[])[];
  readonly webhooks: WebhookServer;
}

/** Wires a manager. Asks the cluster which kinds it serves: throws KUBE_CRD_MISSING without ours. */
export async function composeManager(
  options: ManagerOptions,
  deps: ManagerDeps,
  signal: AbortSignal,
): Promise<Manager> {
  const workloads = await servedWorkloads(deps.client, signal);
  deps.log.info('Found workload kinds', {
    kinds: workloads.map(({ plural, version }) => `${plural}/${version}`),
  });
  const informers = createInformers(
    { workloads, namespace: options.namespace },
    { createInformer: declared => createInformer(declared, deps) },
  );
  const events = createEventRecorder(
    { component: MANAGER_FIELD_MANAGER, host: deps.identity },
    deps,
  );
  const { writeDeadlineMs } = leaseTimes(options);
  const { gates, maxPullsPerRegistry, namespace } = options;
  const controllers = setupControllers(
    { gates, writeDeadlineMs, maxPullsPerRegistry, namespace },
    { ...deps, informers, events },
  );
  const admission = composeAdmission(options, deps, informers);
  const leading = composeLeading(options, deps, { informers, controllers });
  const caches = (): string | undefined => (informers.hasSynced ? undefined : 'not filled yet');
  const probes = createProbes(
    { live: {}, ready: { caches, ...admission.ready, ...leading.ready } },
    deps,
  );
  return {
    webhooks: admission.webhooks,
    groups: [
      [serverPart('probes', createHttpServer(options.metrics, { handler: probes }))],
      [{ name: 'informers', run: stop => informers.run(stop) }, eventsPart(events)],
      [admission.certificates],
      [serverPart('webhooks', admission.webhooks)],
      composeDashboard(options, deps, { informers, tls: admission.tls }).parts,
      [leading.part, servedKindsWatch(workloads, deps)],
    ],
  };
}
