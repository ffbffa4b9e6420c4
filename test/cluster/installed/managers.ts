import assert from 'node:assert/strict';
import type { Pod } from '../../../api/core.ts';
import { LEADER_LEASE, SYSTEM_NAMESPACE } from '../../../api/names.ts';
import type { WorkloadPod } from '../../../sim/workload-controller/workload-pod.ts';
import type { Cluster } from '../cluster.ts';
import { mustRun } from '../process.ts';

const DEPLOYMENT = 'deployment/headstart-manager';
const MANAGERS = 'app.kubernetes.io/component=manager';
const IN_NAMESPACE = ['-n', SYSTEM_NAMESPACE];

interface List<T> {
  readonly items: readonly T[];
}

interface ContainerState {
  readonly restartCount: number;
  readonly containerID: string;
}

/** Does `work` while no manager runs, and so no webhook, and returns when two are Ready again. */
export async function withoutManagers(cluster: Cluster, work: () => Promise<void>): Promise<void> {
  await scale(cluster, 0);
  await cluster.mustKubectl(['wait', '--for=delete', 'pod', '-l', MANAGERS, ...IN_NAMESPACE]);
  try {
    await work();
  } finally {
    await scale(cluster, 2);
    await areReady(cluster);
  }
}

/** Waits until every replica is Ready. */
export async function areReady(cluster: Cluster): Promise<void> {
  await cluster.mustKubectl(['rollout', 'status', DEPLOYMENT, ...IN_NAMESPACE, '--timeout=60s']);
}

/** How often containers of Headstart ended, by pod. */
export async function restarts(cluster: Cluster): Promise<Readonly<Record<string, number>>> {
  const all = ['pods', '-A', '-l', 'app.kubernetes.io/name=headstart'];
  const { items } = await cluster.get<List<WorkloadPod>>(...all);
  return Object.fromEntries(
    items.map(pod => [pod.metadata.name, containerOf(pod).restartCount] as const),
  );
}

/** Name of the pod that leads. */
export async function leader(cluster: Cluster): Promise<string> {
  const lease = await cluster.get<{ spec: { holderIdentity: string } }>(
    'lease',
    LEADER_LEASE,
    ...IN_NAMESPACE,
  );
  return lease.spec.holderIdentity.split('_')[0] ?? '';
}

/** Kills the process of a manager with SIGKILL: it has no time to hand over. */
export async function killManager(cluster: Cluster, name: string): Promise<void> {
  const pod = await cluster.get<WorkloadPod>('pod', name, ...IN_NAMESPACE);
  process.kill(await pidOf(cluster, pod), 'SIGKILL');
}

/** As this machine numbers it. */
async function pidOf(cluster: Cluster, pod: WorkloadPod): Promise<number> {
  const socket = cluster.nodes.find(({ name }) => name === nodeOf(pod))?.runtimeSocket ?? '';
  const id = containerOf(pod).containerID.replace('containerd://', '');
  const tasks = await mustRun(['ctr', '--address', socket, '-n', 'k8s.io', 'tasks', 'ls']);
  const [, pid] = new RegExp(`^${id} +(\\d+) `, 'm').exec(tasks) ?? [];
  assert.ok(pid, `${pod.metadata.name} runs`);
  return Number(pid);
}

function containerOf(pod: WorkloadPod): ContainerState {
  const [container] = pod.status?.containerStatuses ?? [];
  assert.ok(container, `${pod.metadata.name} has a container`);
  return container as unknown as ContainerState;
}

const nodeOf = ({ spec }: Pod): string | undefined => spec?.nodeName;

async function scale(cluster: Cluster, replicas: number): Promise<void> {
  await cluster.mustKubectl(['scale', DEPLOYMENT, ...IN_NAMESPACE, `--replicas=${replicas}`]);
}
