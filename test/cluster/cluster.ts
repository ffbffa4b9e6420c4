import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary } from './binaries.ts';
import { CleanupStack } from './cleanup-stack.ts';
import { type ControlPlane, startIn } from './control-plane.ts';
import { createNetwork, type Network } from './network.ts';
import { type ClusterNode, type NodeDeps, startNode } from './node.ts';
import { inNamespace, startBackground } from './process.ts';
import { type Registry, startRegistry } from './registry.ts';
import { clusterId, foldersOfNetworks, removeRemains } from './remains.ts';
import { until } from './until.ts';
import { abandonedWorkFolders, makeWorkFolder } from './work-folder.ts';

export interface ClusterOptions {
  /** Default 4. */
  readonly nodes?: number;
}

/** A Kubernetes cluster of this machine: control plane, nodes with real kubelets and containerds, two registries. */
export interface Cluster extends ControlPlane {
  /** Open to everybody. It also answers for docker.io and every other registry: `nginx:1` is its `library/nginx:1`. */
  readonly registry: Registry;
  /** Wants a password. */
  readonly privateRegistry: Registry;
  /** `node-1` and so on, in this order. */
  readonly nodes: readonly ClusterNode[];
  /** This machine's address as nodes and kube-apiserver see it. */
  readonly hostAddress: string;
  /** Starts one more node and returns when it is Ready. */
  addNode(): Promise<ClusterNode>;
}

const PREFIX = 'headstart-cluster';

/** Boots a cluster (about 10 s for four nodes). Needs root and the programs of prepare-machine.ts. Clusters can run side by side. */
export async function startCluster({ nodes = 4 }: ClusterOptions = {}): Promise<Cluster> {
  if (process.getuid?.() !== 0) throw new Error('a cluster of tests needs root');
  await sweepClusters();
  const cleanup = new CleanupStack();
  try {
    const folder = await makeWorkFolder(PREFIX);
    cleanup.defer(`remains of ${folder}`, () => removeRemains(folder));
    return await startInFolder(folder, nodes, cleanup);
  } catch (error) {
    await cleanup.close();
    throw error;
  }
}

/** Removes what clusters of killed runs left behind. */
export async function sweepClusters(): Promise<void> {
  for (const folder of await abandonedWorkFolders(PREFIX)) await removeRemains(folder);
  // A start that was interrupted may have made a namespace after its folder was removed.
  for (const folder of await foldersOfNetworks(join(tmpdir(), PREFIX))) {
    if (!existsSync(folder)) await removeRemains(folder);
  }
}

async function startInFolder(
  folder: string,
  count: number,
  cleanup: CleanupStack,
): Promise<Cluster> {
  const id = clusterId(folder);
  const network = await createNetwork(id);
  const address = network.hostAddress;
  const [controlPlane, registry, privateRegistry] = await Promise.all([
    startControlPlaneIn(folder, network, cleanup),
    startRegistry({ name: 'registry', folder, address }),
    startRegistry({ name: 'private-registry', folder, address, isPrivate: true }),
  ]);
  cleanup.defer('registries', () => Promise.all([registry.stop(), privateRegistry.stop()]));
  const [proxyKubeconfig, pause] = await Promise.all([
    controlPlane.certificateKubeconfig('kube-proxy', '/CN=system:kube-proxy'),
    registry.push('pause:1', 0),
  ]);
  const nodes: ClusterNode[] = [];
  cleanup.defer('nodes', () => Promise.all(nodes.map(node => node.stop())));
  const deps: NodeDeps = {
    id,
    folder,
    controlPlane,
    network,
    proxyKubeconfig,
    registry,
    privateRegistry,
    sandboxImage: pause.reference,
  };
  const addNode = async (index = nodes.length + 1): Promise<ClusterNode> => {
    const node = await startNode(index, deps);
    nodes[index - 1] = node;
    await isReady(controlPlane, node.name);
    return node;
  };
  await Promise.all(Array.from({ length: count }, (_, i) => addNode(i + 1)));
  return {
    ...controlPlane,
    registry,
    privateRegistry,
    nodes,
    hostAddress: network.hostAddress,
    addNode: () => addNode(),
  };
}

/** The control plane of a cluster: kube-apiserver that reaches Pods, controllers and the scheduler. */
async function startControlPlaneIn(
  folder: string,
  network: Network,
  cleanup: CleanupStack,
): Promise<ControlPlane> {
  const place = { namespace: network.controlNamespace, address: network.controlAddress };
  // Webhook Services are reached by the addresses of their Pods: there is no kube-proxy beside kube-apiserver.
  const apiServerArgs = ['--enable-aggregator-routing=true'];
  const controlPlane = await startIn(folder, { ...place, apiServerArgs }, cleanup);
  const { pki } = controlPlane;
  const start = async (name: string, ...args: string[]): Promise<void> => {
    const kubeconfig = await controlPlane.certificateKubeconfig(name, `/CN=system:${name}`);
    const flags = [
      `--kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
    ];
    const program = startBackground({
      name,
      command: inNamespace(network.controlNamespace, [binary(name), ...flags, ...args]),
      logFile: join(folder, `${name}.log`),
    });
    cleanup.defer(name, () => program.stop());
  };
  await Promise.all([
    start('kube-scheduler'),
    start(
      'kube-controller-manager',
      `--service-account-private-key-file=${pki.serviceAccountKey}`,
      `--root-ca-file=${pki.caCertificate}`,
      '--use-service-account-credentials=true',
    ),
    controlPlane.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'kube-proxy' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'system:node-proxier',
      },
      subjects: [
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'system:kube-proxy' },
      ],
    }),
  ]);
  await until(async () => (await controlPlane.kubectl('get', 'sa', 'default')).code === 0, {
    what: 'the ServiceAccount default',
  });
  return controlPlane;
}

async function isReady(controlPlane: ControlPlane, node: string): Promise<void> {
  const condition = '--for=condition=Ready';
  await until(
    async () => (await controlPlane.kubectl('wait', condition, `node/${node}`)).code === 0,
    { what: `${node} to be Ready` },
  );
}
