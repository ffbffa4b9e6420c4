import type { Workload } from '../../api/workload.ts';
import { isAvailable, type WorkloadPod } from './workload-pod.ts';

/** A pod to make; without a node the scheduler finds one. */
export interface NewPod {
  readonly name: string;
  readonly nodeName?: string;
}

/** Pods to make and pods that are too many. */
export interface ScalePlan {
  readonly create: readonly NewPod[];
  readonly remove: readonly WorkloadPod[];
}

/** What differs between the kinds: how pods are named, which go first and in what order they are updated. */
export interface PodNaming {
  /** Pods that are wanted. */
  replicas(workload: Workload): number;
  /** `pods` are active; `names` holds every name in use, also of pods that are going. */
  scale(workload: Workload, pods: readonly WorkloadPod[], names: ReadonlySet<string>): ScalePlan;
  updateOrder(pods: readonly WorkloadPod[]): readonly WorkloadPod[];
}

/** CloneSet: names with a suffix of their own; pods that are down go and change first, then the youngest. */
export function cloneSetNaming(suffix: () => string): PodNaming {
  return {
    replicas: replicasOf,
    scale: (workload, pods) => {
      const missing = replicasOf(workload) - pods.length;
      const create = Array.from({ length: Math.max(0, missing) }, () => ({
        name: `${workload.metadata.name}-${suffix()}`,
      }));
      return { create, remove: updateByHealth(pods).slice(0, Math.max(0, -missing)) };
    },
    updateOrder: updateByHealth,
  };
}

/** Advanced StatefulSet: ordinals; the highest goes and changes first. `OrderedReady` makes one pod at a time. */
export const statefulSetNaming: PodNaming = {
  replicas: replicasOf,
  scale: (workload, pods, names) => {
    const replicas = replicasOf(workload);
    const wanted = Array.from({ length: replicas }, (_, i) => `${workload.metadata.name}-${i}`);
    const missing = wanted.filter(name => !names.has(name));
    return {
      create: (isParallel(workload) ? missing : oneInOrder(wanted, missing, pods)).map(name => ({
        name,
      })),
      remove: byOrdinal(pods).filter(pod => ordinalOf(pod) >= replicas),
    };
  },
  updateOrder: byOrdinal,
};

function oneInOrder(
  wanted: readonly string[],
  missing: readonly string[],
  pods: readonly WorkloadPod[],
): readonly string[] {
  const [first] = missing;
  if (first === undefined) return [];
  const before = wanted.slice(0, wanted.indexOf(first));
  const isUp = (name: string): boolean =>
    pods.some(pod => pod.metadata.name === name && isAvailable(pod));
  return before.every(isUp) ? [first] : [];
}

/** Pods that are down first, then the youngest. */
export function updateByHealth(pods: readonly WorkloadPod[]): readonly WorkloadPod[] {
  const born = (pod: WorkloadPod): string => pod.metadata.creationTimestamp ?? '';
  return [...pods].sort(
    (a, b) =>
      Number(isAvailable(a)) - Number(isAvailable(b)) ||
      born(b).localeCompare(born(a)) ||
      a.metadata.name.localeCompare(b.metadata.name),
  );
}

function byOrdinal(pods: readonly WorkloadPod[]): readonly WorkloadPod[] {
  return [...pods].sort((a, b) => ordinalOf(b) - ordinalOf(a));
}

function ordinalOf(pod: WorkloadPod): number {
  return Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf('-') + 1));
}

function replicasOf(workload: Workload): number {
  return workload.spec.replicas ?? 1;
}

function isParallel(workload: Workload): boolean {
  const { podManagementPolicy } = workload.spec as { readonly podManagementPolicy?: string };
  return podManagementPolicy === 'Parallel';
}
