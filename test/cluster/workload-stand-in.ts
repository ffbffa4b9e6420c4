import { connect } from '../../cli/kube-access.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { isAbort } from '../../runtime/abort.ts';
import { systemClock } from '../../runtime/clock.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { createPlainLogger } from '../../runtime/plain-logger.ts';
import { createWorkloadController, STAND_IN_KINDS } from '../../sim/workload-controller/setup.ts';
import type { ControlPlane } from './control-plane.ts';

/** Plays OpenKruise: updates CloneSets and Advanced StatefulSets of a cluster. */
export interface WorkloadStandIn {
  /** A client of its cluster with all rights. */
  readonly client: KubeClient;
  stop(): Promise<void>;
}

/** Starts the controllers of all workload kinds in this process. Their CRDs have to be there. */
export async function startWorkloadStandIn(cluster: ControlPlane): Promise<WorkloadStandIn> {
  const name = 'workload-stand-in';
  const connection = await connect(
    { kubeconfig: cluster.kubeconfigPath },
    { fieldManager: name },
    { metrics: noMetrics },
  );
  const { client } = connection;
  const deps = {
    client,
    clock: systemClock,
    log: createPlainLogger({ level: 'warn', name }),
    metrics: noMetrics,
    random: Math.random,
  };
  const end = new AbortController();
  const controllers = STAND_IN_KINDS.map(kind => createWorkloadController(kind, deps));
  const running = Promise.all(controllers.map(controller => controller.run(end.signal)));
  // Until stop() asks how it ended.
  running.catch(() => {});
  return {
    client,
    async stop() {
      end.abort();
      await running.catch((error: unknown) => {
        if (!isAbort(error, end.signal)) throw error;
      });
      connection.close();
    },
  };
}
