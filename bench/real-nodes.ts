// Simulated nodes with our real daemons, and stand-ins for kubelets and workload controllers, in one process:
// startNodes('real-nodes.ts', RealNodesOptions).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAEMON_FIELD_MANAGER } from '../api/names.ts';
import { NODE_IMAGES } from '../api/resources.ts';
import { WORKLOAD_KINDS } from '../api/workload-kinds.ts';
import { createInformer } from '../kube/create-informer.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Runnable } from '../runtime/lifecycle.ts';
import { createPodSyncer } from '../sim/fleet/pod-syncer.ts';
import { type SimulatedNode, startSimulatedNode } from '../sim/fleet/simulated-node.ts';
import { NetworkModel } from '../sim/network-model.ts';
import { RegistryModel } from '../sim/registry-model.ts';
import { createWorkloadController } from '../sim/workload-controller/setup.ts';
import { connectAs, informerDeps } from './connection.ts';
import { answerWith, tell } from './nodes-process.ts';
import { placingClient } from './placing-client.ts';
import { TagWatch } from './tag-watch.ts';

export interface RealNodesOptions {
  /** Of an administrator: kubelets and workload controllers. */
  readonly kubeconfig: string;
  /** Of the daemons. */
  readonly daemonKubeconfig: string;
  readonly nodes: number;
  readonly pullMs: number;
  readonly jitter: number;
  /** Whether the cluster has workloads. */
  readonly workloads: boolean;
}

/** One byte a millisecond, so that an image has as many bytes as its pull takes milliseconds. */
const BYTES_PER_SECOND = 1_000;
/** As the demo: a container stops and starts within this, once its image is there. */
const RESTART_MS = 1_000;

type NodeDeps = Parameters<typeof startSimulatedNode>[1];

async function main(options: RealNodesOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-bench-'));
  const admin = await connectAs('headstart-bench-nodes', options.kubeconfig);
  const daemon = await connectAs(DAEMON_FIELD_MANAGER, options.daemonKubeconfig);
  const deps = { ...informerDeps('real-nodes', admin), daemonClient: daemon.client };
  const nodes = await startFleet(options, folder, deps);
  const parts = [...nodes, ...(options.workloads ? standIns(nodes, deps) : [])];
  const end = new AbortController();
  process.on('SIGTERM', () => end.abort());
  process.on('disconnect', () => end.abort());
  const running = Promise.all([
    watchTags(deps.client, nodes, end.signal),
    ...parts.map(part => part.run(end.signal)),
  ]);
  tell({ kind: 'ready' });
  await running.catch((error: unknown) => {
    if (!end.signal.aborted) throw error;
  });
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
}

function startFleet(
  { nodes, pullMs, jitter }: RealNodesOptions,
  folder: string,
  deps: Omit<NodeDeps, 'network' | 'registry'>,
): Promise<readonly SimulatedNode[]> {
  const network = new NetworkModel(deps);
  const registry = new RegistryModel({ anyImageSizeBytes: pullMs });
  const names = Array.from({ length: nodes }, (_, index) => `node-${index + 1}`);
  return Promise.all(
    names.map(name => {
      const bytesPerSecond = BYTES_PER_SECOND / (1 + jitter * (2 * deps.random() - 1));
      const downlink = { name, bytesPerSecond };
      return startSimulatedNode(
        { name, folder, downlink, restartMs: RESTART_MS },
        { ...deps, network, registry },
      );
    }),
  );
}

function standIns(
  nodes: readonly SimulatedNode[],
  deps: Omit<NodeDeps, 'network' | 'registry'>,
): readonly Pick<Runnable, 'run'>[] {
  const names = nodes.map(({ name }) => name);
  const client = placingClient(deps.client, names);
  return [
    createPodSyncer(nodes, deps),
    ...WORKLOAD_KINDS.map(kind => createWorkloadController(kind, { ...deps, client })),
  ];
}

async function watchTags(
  client: KubeClient,
  nodes: readonly SimulatedNode[],
  signal: AbortSignal,
): Promise<void> {
  const watch = new TagWatch({
    onFirstTag: () => tell({ kind: 'first tag' }),
    onLastTagGone: () => tell({ kind: 'last tag gone' }),
  });
  answerWith(() => ({
    mostAtOnce: watch.mostAtOnce,
    kubeletPulls: nodes.flatMap(({ kubeletPulls }) => kubeletPulls),
  }));
  const informer = createInformer(
    { resource: NODE_IMAGES },
    { ...informerDeps('tag-watch', { client }) },
  );
  informer.onChange(change => watch.see(change));
  await informer.run(signal);
}

await main(JSON.parse(process.argv[2] ?? '') as RealNodesOptions);
