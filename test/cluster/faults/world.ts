import { join } from 'node:path';
import type { Node } from '../../../api/core.ts';
import {
  DAEMON_NAMESPACE,
  DAEMON_SERVICE_ACCOUNT,
  MANAGER_SERVICE_ACCOUNT,
  SYSTEM_NAMESPACE,
} from '../../../api/names.ts';
import { NODE_IMAGES, NODES, SECRETS } from '../../../api/resources.ts';
import { connectAs } from '../../../bench/connection.ts';
import type { KubeConnection } from '../../../kube/connect-kube.ts';
import type { KubeClient } from '../../../kube/kube-client.ts';
import { daemonRbac } from '../../../manifests/daemon-rbac.ts';
import { managerRbac } from '../../../manifests/manager-rbac.ts';
import { namespaces } from '../../../manifests/namespaces.ts';
import { noMetrics } from '../../../runtime/metrics.ts';
import { Semaphore } from '../../../runtime/semaphore.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { CleanupStack } from '../cleanup-stack.ts';
import { type ControlPlane, startControlPlane } from '../control-plane.ts';
import { writeKubeconfig } from '../kubeconfig.ts';
import { mustRun } from '../process.ts';
import { until } from '../until.ts';
import { ManagerProcess } from './manager-process.ts';
import { SimulatedDaemons, type SimulatedDaemonsOptions } from './simulated-daemons.ts';

export interface FaultWorldOptions extends SimulatedDaemonsOptions {
  readonly nodes: number;
}

/** A control plane with Nodes and their daemons, and a way to the manager's API server that can be disturbed. */
export interface FaultWorld extends AsyncDisposable {
  readonly nodes: number;
  readonly controlPlane: ControlPlane;
  /** Of an administrator. */
  readonly client: KubeClient;
  readonly daemons: SimulatedDaemons;
  /** What the managers connect through. */
  readonly proxy: TcpProxy;
  /** Starts a manager under its shipped ServiceAccount and returns when it is ready. */
  readonly startManager: (name: string, flags?: readonly string[]) => Promise<ManagerProcess>;
  /** What kube-apiserver measures of itself. */
  readonly apiServerMetrics: () => Promise<string>;
}

/** The pull secret that the jobs use. */
export const PULL_SECRET = 'registry';
/** Label of the first nodes, for jobs that need not be large: `pool=small`. */
export const SMALL_POOL = { label: 'pool', value: 'small', size: 100 };

const CHECKOUT = join(import.meta.dirname, '..', '..', '..');
const WRITES_AT_ONCE = 32;
/** A manager may own what it may not change the finalizers of only where this is on, as some distributions have it. */
const STRICT_OWNERS = '--enable-admission-plugins=OwnerReferencesPermissionEnforcement';

/** Starts everything but a manager. */
export async function startFaultWorld(options: FaultWorldOptions): Promise<FaultWorld> {
  const cleanup = new CleanupStack();
  try {
    const controlPlane = await startControlPlane({ apiServerArgs: [STRICT_OWNERS] });
    cleanup.defer('control plane', () => controlPlane.stop());
    return await populate(controlPlane, options, cleanup);
  } catch (error) {
    await cleanup.close();
    throw error;
  }
}

async function populate(
  controlPlane: ControlPlane,
  options: FaultWorldOptions,
  cleanup: CleanupStack,
): Promise<FaultWorld> {
  const { folder, mustKubectl, url } = controlPlane;
  const [program] = await Promise.all([build(folder), install(controlPlane)]);
  const connection = await connectAs('headstart-test', controlPlane.kubeconfigPath);
  cleanup.defer('connection', () => connection.close());
  const { client } = connection;
  await Promise.all([createNodes(client, options.nodes), createPullSecret(client)]);

  const proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(url).port) });
  cleanup.defer('proxy', () => proxy[Symbol.asyncDispose]());
  const kubeconfig = await managerKubeconfig(controlPlane, proxy);
  const daemons = SimulatedDaemons.start(options, await daemonConnection(controlPlane));
  cleanup.defer('daemons', () => daemons[Symbol.asyncDispose]());
  return {
    nodes: options.nodes,
    controlPlane,
    client,
    daemons,
    proxy,
    async startManager(name, flags = ['--leader-elect']) {
      const manager = await ManagerProcess.start({ name, program, kubeconfig, folder, flags });
      cleanup.defer(name, () => manager[Symbol.asyncDispose]());
      await haveNodeImages(client, options.nodes);
      return manager;
    },
    apiServerMetrics: () => mustKubectl(['get', '--raw', '/metrics']),
    [Symbol.asyncDispose]: () => cleanup.close(),
  };
}

async function build(folder: string): Promise<string> {
  const dist = join(folder, 'dist');
  await mustRun([process.execPath, join(CHECKOUT, 'scripts', 'build.mjs'), dist]);
  return join(dist, 'headstart.mjs');
}

/** Kinds, namespaces, ServiceAccounts and their rights, as they are shipped. */
async function install({ mustKubectl, apply }: ControlPlane): Promise<void> {
  await mustKubectl(['apply', '-f', join(CHECKOUT, 'manifests', 'crds')]);
  await mustKubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  const items = [...namespaces(), ...managerRbac(), ...daemonRbac()];
  await apply({ apiVersion: 'v1', kind: 'List', items });
}

async function managerKubeconfig(controlPlane: ControlPlane, { port }: TcpProxy): Promise<string> {
  const { folder, pki } = controlPlane;
  const token = await controlPlane.createToken(SYSTEM_NAMESPACE, MANAGER_SERVICE_ACCOUNT);
  const cluster = { url: `https://127.0.0.1:${port}`, caCertificate: pki.caCertificate };
  return writeKubeconfig(join(folder, 'manager.kubeconfig'), cluster, { token });
}

async function daemonConnection(controlPlane: ControlPlane): Promise<KubeConnection> {
  const path = await controlPlane.serviceAccountKubeconfig(
    DAEMON_NAMESPACE,
    DAEMON_SERVICE_ACCOUNT,
  );
  return connectAs('headstart-daemon', path);
}

async function createNodes(client: KubeClient, count: number): Promise<void> {
  const writes = new Semaphore({ name: 'nodes', limit: WRITES_AT_ONCE }, { metrics: noMetrics });
  const nodes = Array.from({ length: count }, (_, index) => readyNode(index));
  await Promise.all(nodes.map(node => writes.run(undefined, () => client.create(NODES, node))));
}

function readyNode(index: number): Node {
  const name = `node-${index + 1}`;
  const pool = index < SMALL_POOL.size ? { [SMALL_POOL.label]: SMALL_POOL.value } : {};
  return {
    metadata: {
      name,
      labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': name, ...pool },
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

async function createPullSecret(client: KubeClient): Promise<void> {
  const config = { auths: { 'registry.example': { auth: 'dTpw' } } };
  await client.create(SECRETS, {
    metadata: { name: PULL_SECRET, namespace: 'default' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify(config)).toString('base64') },
  });
}

async function haveNodeImages(client: KubeClient, count: number): Promise<void> {
  await until(async () => (await client.list(NODE_IMAGES)).items.length === count, {
    what: 'a NodeImage for every Node',
    everyMs: 300,
    timeoutMs: 300_000,
  });
}
