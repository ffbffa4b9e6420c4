import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';

/** The revision a workload is being updated to, or undefined while its controller has not seen the newest template. */
export function updateRevisionOf(workload: Workload, kind: WorkloadKind): string | undefined {
  return kind.updateHashesOf(workload).length === 0 ? undefined : workload.status?.updateRevision;
}

/** The name of the ControllerRevision that `hash`, as found on a pod, stands for: pods carry the whole name or its last part. */
export function revisionNameOf(workload: Workload, hash: string): string {
  const prefix = `${workload.metadata.name}-`;
  return hash.startsWith(prefix) ? hash : `${prefix}${hash}`;
}
