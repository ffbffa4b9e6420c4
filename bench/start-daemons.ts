import { DAEMON_NAMESPACE, DAEMON_SERVICE_ACCOUNT } from '../api/names.ts';
import { sleep } from '../test/cluster/until.ts';
import { type NodesProcess, startNodes } from './nodes-process.ts';
import type { RealNodesOptions } from './real-nodes.ts';
import type { ScenarioOptions } from './scenario.ts';
import type { SimulatedDaemonsOptions } from './simulated-daemons.ts';
import type { World } from './world.ts';

/** What the start of hundreds of daemons in one process leaves to be done is over then. */
const SETTLE_MS = 10_000;

/** Starts the daemons of all nodes; returns when each node has its NodeImage. Simulated ones serve Nodes that are there. */
export async function startDaemons(world: World, options: ScenarioOptions): Promise<NodesProcess> {
  if (options.daemons === 'real') return startRealNodes(world, { ...options, workloads: false });
  await world.nodeImages(options.nodes);
  const { pullMs, jitter } = options;
  const argument: SimulatedDaemonsOptions = {
    pullMs,
    jitter,
    kubeconfig: await daemonKubeconfig(world),
  };
  return start(world, 'simulated-daemons.ts', argument);
}

/** Starts nodes with our real daemons, which register themselves; returns when each has its NodeImage and they are at rest. */
export async function startRealNodes(
  world: World,
  options: Omit<RealNodesOptions, 'kubeconfig' | 'daemonKubeconfig'>,
): Promise<NodesProcess> {
  const { nodes, pullMs, jitter, workloads } = options;
  const argument: RealNodesOptions = {
    nodes,
    pullMs,
    jitter,
    workloads,
    kubeconfig: world.controlPlane.kubeconfigPath,
    daemonKubeconfig: await daemonKubeconfig(world),
  };
  const process = await start(world, 'real-nodes.ts', argument);
  await world.nodeImages(nodes);
  await sleep(SETTLE_MS);
  return process;
}

async function start(world: World, program: string, argument: object): Promise<NodesProcess> {
  const nodes = await startNodes(program, argument);
  world.defer('nodes', () => nodes[Symbol.asyncDispose]());
  return nodes;
}

/** With the rights that daemons are shipped with. */
const daemonKubeconfig = ({ controlPlane }: World): Promise<string> =>
  controlPlane.serviceAccountKubeconfig(DAEMON_NAMESPACE, DAEMON_SERVICE_ACCOUNT);
