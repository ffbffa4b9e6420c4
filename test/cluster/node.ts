import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { binary } from './binaries.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Network, NodeNetwork } from './network.ts';
import { cniConfig, containerdConfig, kubeletConfig, registryHosts } from './node-config.ts';
import { openNodeNamespace } from './node-namespace.ts';
import { type Background, type CommandResult, mustRun, run, startBackground } from './process.ts';
import type { Registry } from './registry.ts';
import { until } from './until.ts';

/** A node: containerd, kubelet and kube-proxy in namespaces of their own. */
export interface ClusterNode {
  readonly name: string;
  /** Of the node, as the registry sees it. */
  readonly address: string;
  /** Where containerd serves CRI, as this process sees it. */
  readonly runtimeSocket: string;
  readonly containerd: Background;
  readonly kubelet: Background;
  /** References of the images in containerd, by tag and by digest, sorted. */
  imageNames(): Promise<string[]>;
  /** Removes an image from containerd. */
  removeImage(reference: string): Promise<void>;
  /** Runs a command in the node's namespaces. */
  exec(...command: string[]): Promise<CommandResult>;
  /** Slows what the node receives; undefined lifts the limit. */
  limitBandwidth(megabitsPerSecond: number | undefined): Promise<void>;
  /** Ends kubelet, kube-proxy and containerd; containers are left alone, as on a node that crashed. */
  stop(): Promise<void>;
}

export interface NodeDeps {
  /** Of the cluster: prefix of whatever is named machine-wide. */
  readonly id: string;
  readonly folder: string;
  readonly controlPlane: ControlPlane;
  readonly network: Network;
  /** Kubeconfig of kube-proxy. */
  readonly proxyKubeconfig: string;
  readonly registry: Registry;
  readonly privateRegistry: Registry;
  readonly sandboxImage: string;
}

/** Starts node `node-INDEX`; returns when its programs run, before the node is Ready. */
export async function startNode(index: number, deps: NodeDeps): Promise<ClusterNode> {
  const name = `node-${index}`;
  const folder = join(deps.folder, name);
  await mkdir(folder);
  const network = await deps.network.addNode(index);
  const namespace = await openNodeNamespace(folder, network.namespace);
  const kubeconfig = await deps.controlPlane.certificateKubeconfig(
    name,
    `/O=system:nodes/CN=system:node:${name}`,
  );
  await writeConfigs(folder, network, deps);
  const start = (program: string, ...args: string[]): Background =>
    startBackground({
      name: `${program} of ${name}`,
      command: namespace.enter([binary(program), ...args]),
      logFile: join(folder, `${program}.log`),
    });
  // The same file as /run/containerd/containerd.sock inside.
  const runtimeSocket = join(folder, 'run', 'containerd', 'containerd.sock');
  const containerd = start('containerd', '--config', join(folder, 'containerd.toml'));
  await until(() => existsSync(runtimeSocket), { what: `containerd of ${name}` });
  const kubelet = start(
    'kubelet',
    `--config=${join(folder, 'kubelet.json')}`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${name}`,
    `--node-ip=${network.address}`,
  );
  const proxy = start('kube-proxy', ...proxyArguments(name, deps.proxyKubeconfig));
  const ctr = ['ctr', '--address', runtimeSocket, '--namespace', 'k8s.io'];
  return {
    name,
    address: network.address,
    runtimeSocket,
    containerd,
    kubelet,
    async imageNames() {
      const lines = (await mustRun([...ctr, 'images', 'ls', '-q'])).split('\n');
      // CRI also lists every image by its id.
      return lines.filter(line => line !== '' && !line.startsWith('sha256:')).sort();
    },
    removeImage: async reference =>
      void (await mustRun([...ctr, 'images', 'rm', '--sync', reference])),
    exec: (...command) => run(namespace.enter(command)),
    limitBandwidth: megabits => network.limitBandwidth(megabits),
    async stop() {
      await Promise.all([kubelet, proxy, containerd].map(each => each.stop()));
      await namespace.stop();
    },
  };
}

function proxyArguments(node: string, kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${node}`,
    '--proxy-mode=iptables',
    '--cluster-cidr=10.88.0.0/16',
    // Limits of the whole machine, which a namespace cannot change.
    '--conntrack-max-per-core=0',
    '--conntrack-tcp-timeout-established=0',
    '--conntrack-tcp-timeout-close-wait=0',
  ];
}

async function writeConfigs(folder: string, network: NodeNetwork, deps: NodeDeps): Promise<void> {
  const write = async (path: string, content: string | object): Promise<void> => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  };
  const { registry, privateRegistry } = deps;
  // Whatever registry an image names, also docker.io: nothing is fetched from outside.
  await write('certs.d/_default/hosts.toml', registryHosts(registry.host));
  for (const { host } of [registry, privateRegistry]) {
    await write(`certs.d/${host}/hosts.toml`, registryHosts(host));
  }
  await write('containerd.toml', containerdConfig(folder, deps.sandboxImage));
  await write('cni/10-bridge.conflist', cniConfig(network.podSubnet));
  await write(
    'kubelet.json',
    kubeletConfig({
      address: network.address,
      cgroupRoot: `/${deps.id}/${basename(folder)}`,
      caCertificate: deps.controlPlane.pki.caCertificate,
    }),
  );
}
