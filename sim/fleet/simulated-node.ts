import { join } from 'node:path';
import { createGrpcRuntime } from '../../daemon/cri/grpc-runtime.ts';
import { createDaemon, type Daemon } from '../../daemon/daemon.ts';
import { createEventRecorder } from '../../kube/create-event-recorder.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { type CriServer, startCriServer } from '../cri-server.ts';
import { Kubelet, type NodeImages } from '../kubelet/kubelet.ts';
import type { Link } from '../max-min-fair.ts';
import type { NetworkModel } from '../network-model.ts';
import type { RegistryModel } from '../registry-model.ts';
import { registerNode } from './register-node.ts';

export interface SimulatedNodeOptions {
  readonly name: string;
  /** Folder of its runtime's socket. */
  readonly folder: string;
  readonly downlink: Link;
  /** How long a container takes to stop and start once its image is there. */
  readonly restartMs: number;
}

export interface SimulatedNodeDeps {
  readonly client: KubeClient;
  /** Of the daemon, where it is to have rights of its own. Default: `client`. */
  readonly daemonClient?: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly random: () => number;
  readonly network: NetworkModel;
  readonly registry: RegistryModel;
}

/** A node without a machine: a simulated container runtime, a stand-in kubelet, and the real daemon. */
export interface SimulatedNode {
  readonly name: string;
  readonly kubelet: Kubelet;
  readonly cri: CriServer;
  /** Images that the kubelet pulled, because they were not there when it needed them. */
  readonly kubeletPulls: readonly string[];
  /** Runs the daemon until `signal` aborts, then takes the runtime down. */
  run(signal: AbortSignal): Promise<void>;
}

/** A health check each 10 s, as on a real node, would cost a process with thousands of nodes a tenth of its time. */
const RUNTIME_CHECK_MS = 60_000;
/** The kubelet's limit of one pull; a simulated one takes as long as the network model says. */
const PULL_DEADLINE_MS = 3_600_000;
const CALL_DEADLINE_MS = 10_000;

/** Starts the node's runtime and registers its Node object. */
export async function startSimulatedNode(
  options: SimulatedNodeOptions,
  deps: SimulatedNodeDeps,
): Promise<SimulatedNode> {
  const { name, downlink } = options;
  const socketPath = join(options.folder, `${name}.sock`);
  const cri = await startCriServer({ socketPath }, { ...deps, downlink });
  const runtime = createGrpcRuntime(socketPath, deps);
  const kubeletPulls: string[] = [];
  const images: NodeImages = {
    find: async (image, signal) =>
      (await runtime.imageStatus(image, { deadlineMs: CALL_DEADLINE_MS, signal }))?.id,
    pull: async (image, signal) => {
      kubeletPulls.push(image);
      const request = { image, labels: {}, annotations: {} };
      return runtime.pullImage(request, { deadlineMs: PULL_DEADLINE_MS, signal });
    },
  };
  const events = createEventRecorder({ component: 'kubelet', host: name }, deps);
  await registerNode(name, deps);
  const daemon = createNodeDaemon(name, socketPath, deps);
  return {
    name,
    kubelet: new Kubelet(options, { ...deps, events, images }),
    cri,
    kubeletPulls,
    run: async signal => {
      try {
        await daemon.run(signal);
      } finally {
        await events.flush();
        runtime.close();
        await cri.stop();
      }
    },
  };
}

function createNodeDaemon(
  nodeName: string,
  socketPath: string,
  { daemonClient, ...nodeDeps }: SimulatedNodeDeps,
): Daemon {
  const deps = { ...nodeDeps, client: daemonClient ?? nodeDeps.client };
  const events = createEventRecorder({ component: 'headstart-daemon', host: nodeName }, deps);
  const log = deps.log.child({ node: nodeName });
  const options = { nodeName, runDir: '/run', runtimeEndpoint: `unix://${socketPath}` };
  return createDaemon(
    { ...options, runtimeCheckIntervalMs: RUNTIME_CHECK_MS },
    { ...deps, events, log },
  );
}
