import type { Rollout } from '../../api/rollout.ts';
import { isAvailable, type WorkloadPod } from './workload-pod.ts';

/** What a workload has and should have. */
export interface Fleet {
  readonly rollout: Rollout;
  /** Active pods, in the order in which they are updated. */
  readonly pods: readonly WorkloadPod[];
  /** The newest revision, as `revisionOf` tells it. */
  readonly updateRevision: string;
  readonly revisionOf: (pod: WorkloadPod) => string | undefined;
}

/**
 * Pods to update now: those on an old revision, as many as `partition` lets go, never more down at once than `maxUnavailable`,
 * missing ones included. A pod that is down already costs nothing.
 */
export function podsToUpdate({
  rollout,
  pods,
  updateRevision,
  revisionOf,
}: Fleet): readonly WorkloadPod[] {
  if (rollout.paused || rollout.onDelete) return [];
  const old = pods.filter(pod => revisionOf(pod) !== updateRevision);
  const allowed = old.slice(0, Math.max(0, old.length - rollout.partition));
  const down = Math.max(0, rollout.replicas - pods.filter(isAvailable).length);
  let budget = Math.max(1, rollout.maxUnavailable) - down;
  return allowed.filter(pod => {
    if (!isAvailable(pod)) return true;
    budget -= 1;
    return budget >= 0;
  });
}

/** Pods of a workload, by what they are. */
export type PodCounts = ReturnType<typeof countPods>;

/** Numbers that CloneSets and StatefulSets report in their status. */
export function countPods({ pods, updateRevision, revisionOf }: Fleet) {
  const updated = pods.filter(pod => revisionOf(pod) === updateRevision);
  return {
    replicas: pods.length,
    readyReplicas: pods.filter(isAvailable).length,
    availableReplicas: pods.filter(isAvailable).length,
    updatedReplicas: updated.length,
    updatedReadyReplicas: updated.filter(isAvailable).length,
    updatedAvailableReplicas: updated.filter(isAvailable).length,
  };
}
