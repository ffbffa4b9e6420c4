import { randomInt } from 'node:crypto';
import { inNamespace, mustRun, run } from './process.ts';

/** A node's place in the network. */
export interface NodeNetwork {
  readonly namespace: string;
  readonly address: string;
  readonly podSubnet: string;
  /** Slows what the node receives; undefined lifts the limit. */
  limitBandwidth(megabitsPerSecond: number | undefined): Promise<void>;
}

/**
 * A bridge in a namespace for the control plane, one namespace a node, and this machine's own namespace plugged in,
 * so that tests reach the API and nodes reach servers of the tests. No traffic leaves the machine.
 */
export interface Network {
  readonly controlNamespace: string;
  /** Of the control plane. */
  readonly controlAddress: string;
  /** Of this machine, as nodes see it. */
  readonly hostAddress: string;
  addNode(index: number): Promise<NodeNetwork>;
}

/** Makes the namespaces and links of the cluster `id`; removeNetwork(id) removes them. */
export async function createNetwork(id: string): Promise<Network> {
  const prefix = await freePrefix();
  const [controlAddress, hostAddress] = [`${prefix}.1`, `${prefix}.254`];
  const control = `${id}-0`;
  await makeNamespace(control);
  await ip(`-n ${control} link add bridge type bridge`);
  await ip(`-n ${control} addr add ${controlAddress}/24 dev bridge`);
  await ip(`-n ${control} link set bridge up`);
  await ip(`link add ${id} type veth peer name host netns ${control}`);
  await ip(`-n ${control} link set host master bridge up`);
  await ip(`addr add ${hostAddress}/24 dev ${id}`);
  await ip(`link set ${id} up`);
  return {
    controlNamespace: control,
    controlAddress,
    hostAddress,
    async addNode(index) {
      const namespace = `${id}-${index}`;
      const address = `${prefix}.${10 + index}`;
      const podSubnet = `10.88.${index}.0/24`;
      const link = `node${index}`;
      await makeNamespace(namespace);
      await ip(`-n ${control} link add ${link} type veth peer name eth0 netns ${namespace}`);
      await ip(`-n ${control} link set ${link} master bridge up`);
      await ip(`-n ${namespace} addr add ${address}/24 dev eth0`);
      await ip(`-n ${namespace} link set eth0 up`);
      await ip(`-n ${namespace} route add default via ${controlAddress}`);
      // kube-apiserver reaches webhooks in Pods through this route, and Pods of other nodes each other.
      await ip(`-n ${control} route add ${podSubnet} via ${address}`);
      return {
        namespace,
        address,
        podSubnet,
        limitBandwidth: megabits => limitLink(control, link, megabits),
      };
    },
  };
}

/** Removes what createNetwork made for `id`, whatever of it exists. */
export async function removeNetwork(id: string): Promise<void> {
  await run(['ip', 'link', 'del', id]);
  for (const name of await namespacesNamed(`${id}-`)) await ip(`netns del ${name}`);
}

/** Processes in the namespaces of `id`; those of Pods have namespaces of their own. */
export async function pidsInNetwork(id: string): Promise<number[]> {
  const pids: number[] = [];
  for (const name of await namespacesNamed(`${id}-`)) {
    const lines = (await run(['ip', 'netns', 'pids', name])).stdout.split('\n');
    pids.push(...lines.filter(line => line !== '').map(Number));
  }
  return pids;
}

/** Names of all namespaces that start with `prefix`. */
export async function namespacesNamed(prefix: string): Promise<string[]> {
  const lines = (await mustRun(['ip', 'netns', 'list'])).split('\n');
  return lines.map(line => line.split(' ')[0] ?? '').filter(name => name.startsWith(prefix));
}

async function makeNamespace(name: string): Promise<void> {
  await ip(`netns add ${name}`);
  await ip(`-n ${name} link set lo up`);
  const forward = 'echo 1 > /proc/sys/net/ipv4/ip_forward';
  await mustRun(inNamespace(name, ['sh', '-c', forward]));
}

/** The bridge's side of the link sends what the node receives. */
async function limitLink(
  namespace: string,
  link: string,
  megabitsPerSecond: number | undefined,
): Promise<void> {
  const where = ['tc', '-n', namespace, 'qdisc'];
  if (megabitsPerSecond === undefined) {
    await run([...where, 'del', 'dev', link, 'root']);
    return;
  }
  const shape = ['tbf', 'rate', `${megabitsPerSecond}mbit`, 'burst', '128kb', 'latency', '200ms'];
  await mustRun([...where, 'replace', 'dev', link, 'root', ...shape]);
}

/** A /24 below 10.77 that no interface of this machine uses; chosen by chance, because clusters start at the same moment. */
async function freePrefix(): Promise<string> {
  const addresses = await mustRun(['ip', '-o', '-4', 'addr']);
  const prefixes = Array.from({ length: 254 }, (_, i) => `10.77.${i + 1}`);
  const free = prefixes.filter(prefix => !addresses.includes(` ${prefix}.`));
  const prefix = free[randomInt(Math.max(free.length, 1))];
  if (prefix === undefined) throw new Error('no free network below 10.77.0.0/16');
  return prefix;
}

/** No argument of ours holds a space. */
const ip = (args: string): Promise<string> => mustRun(['ip', ...args.split(' ')]);
