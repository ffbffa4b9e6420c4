import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node } from '../api/core.ts';
import { NODE_IMAGES, NODES } from '../api/resources.ts';
import type { KubeConnection } from '../kube/connect-kube.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { namespaces } from '../manifests/namespaces.ts';
import { noMetrics } from '../runtime/metrics.ts';
import { Semaphore } from '../runtime/semaphore.ts';
import { CleanupStack } from '../test/cluster/cleanup-stack.ts';
import { type ControlPlane, startControlPlane } from '../test/cluster/control-plane.ts';
import { freePort } from '../test/cluster/free-port.ts';
import { mustRun, startBackground } from '../test/cluster/process.ts';
import { until } from '../test/cluster/until.ts';
import { connectAs } from './connection.ts';
import { type DaemonsProcess, startDaemons } from './daemons-process.ts';

/** A control plane with Nodes, the manager at work and simulated daemons. */
export interface World extends AsyncDisposable {
  readonly connection: KubeConnection;
  readonly daemons: DaemonsProcess;
  readonly managerPid: number;
  /** What kube-apiserver measures of itself. */
  apiServerMetrics(): Promise<string>;
}

const CHECKOUT = join(import.meta.dirname, '..');
const WRITES_AT_ONCE = 32;

/** Starts everything and returns when every Node has its NodeImage. */
export async function startWorld(options: {
  readonly nodes: number;
  readonly pullMs: number;
}): Promise<World> {
  const cleanup = new CleanupStack();
  try {
    const controlPlane = await startControlPlane();
    cleanup.defer('control plane', () => controlPlane.stop());
    return await populate(controlPlane, options, cleanup);
  } catch (error) {
    await cleanup.close();
    throw error;
  }
}

async function populate(
  controlPlane: ControlPlane,
  { nodes, pullMs }: { readonly nodes: number; readonly pullMs: number },
  cleanup: CleanupStack,
): Promise<World> {
  const { kubeconfigPath, mustKubectl } = controlPlane;
  await mustKubectl(['apply', '-f', join(CHECKOUT, 'manifests', 'crds')]);
  await mustKubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  await controlPlane.apply({ apiVersion: 'v1', kind: 'List', items: namespaces() });
  const connection = await connectAs('headstart-bench', kubeconfigPath);
  cleanup.defer('connection', () => connection.close());
  await createNodes(connection.client, nodes);
  const managerPid = await startManager(controlPlane, cleanup);
  await until(async () => (await connection.client.list(NODE_IMAGES)).items.length === nodes, {
    what: 'a NodeImage for every Node',
    timeoutMs: 300_000,
    everyMs: 1_000,
  });
  const daemons = await startDaemons(kubeconfigPath, pullMs);
  cleanup.defer('daemons', () => daemons.stop());
  return {
    connection,
    daemons,
    managerPid,
    apiServerMetrics: () => mustKubectl(['get', '--raw', '/metrics']),
    [Symbol.asyncDispose]: () => cleanup.close(),
  };
}

async function createNodes(client: KubeClient, count: number): Promise<void> {
  const writes = new Semaphore({ name: 'nodes', limit: WRITES_AT_ONCE }, { metrics: noMetrics });
  const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`);
  await Promise.all(
    names.map(name => writes.run(undefined, () => client.create(NODES, readyNode(name)))),
  );
}

function readyNode(name: string): Node {
  return {
    metadata: { name, labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': name } },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

/** Builds the bundle and runs its manager as an administrator; no webhook configuration points to it. */
async function startManager(
  { folder, kubeconfigPath }: ControlPlane,
  cleanup: CleanupStack,
): Promise<number> {
  const dist = join(folder, 'dist');
  await mustRun([process.execPath, join(CHECKOUT, 'scripts', 'build.mjs'), dist]);
  cleanup.defer('bundle', () => rm(dist, { recursive: true, force: true }));
  const metrics = `127.0.0.1:${await freePort()}`;
  const manager = startBackground({
    name: 'manager',
    logFile: join(folder, 'manager.log'),
    command: [
      process.execPath,
      join(dist, 'headstart.mjs'),
      'manager',
      `--kubeconfig=${kubeconfigPath}`,
      '--webhook-host=127.0.0.1',
      '--webhook-port=0',
      `--metrics-address=${metrics}`,
      '--log-level=warn',
    ],
  });
  cleanup.defer('manager', () => manager.stop());
  try {
    await until(() => manager.isRunning && isReady(`http://${metrics}/readyz`), {
      what: 'the manager to be ready',
    });
  } catch (cause) {
    throw new Error(`the manager did not start\n${await manager.logTail()}`, { cause });
  }
  if (manager.pid === undefined) throw new Error('the manager ended');
  return manager.pid;
}

const isReady = async (url: string): Promise<boolean> => (await fetch(url)).ok;
