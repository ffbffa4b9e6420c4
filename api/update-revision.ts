import { isLabelValue } from './name-rules.ts';
import type { Workload } from './workload.ts';

/** The revision that a workload is being updated to. */
export interface UpdateRevision {
  /** Of the ControllerRevision or ReplicaSet. */
  readonly name: string;
  /** What its pods may have as the hash label of their kind. */
  readonly hashes: readonly string[];
}

/** The name of the revision that `hash`, as found on a pod, stands for: pods carry the whole name or its last part. */
export function revisionNameOf(workload: Workload, hash: string): string {
  const prefix = `${workload.metadata.name}-`;
  return hash.startsWith(prefix) ? hash : `${prefix}${hash}`;
}

/** The revision of that name; its pods carry the name or its last part, as far as a label can hold it. */
export function revisionOfName(name: string): UpdateRevision {
  const short = name.slice(name.lastIndexOf('-') + 1);
  const forms = [...new Set([name, short])];
  return { name, hashes: forms.filter(form => form !== '' && isLabelValue(form)) };
}

/** True when the workload's own controller has seen the newest spec; before that its status is about an older one. */
export function isObserved({ metadata, status }: Workload): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}

/** The update revision in the status of CloneSets and StatefulSets. */
export function revisionInStatus({ status }: Workload): UpdateRevision | undefined {
  return status?.updateRevision ? revisionOfName(status.updateRevision) : undefined;
}

/** An Advanced DaemonSet tells only the hash, under two names in two releases of OpenKruise (W36). */
export function hashInStatus(workload: Workload): UpdateRevision | undefined {
  const hash = workload.status?.updateRevision || workload.status?.daemonSetHash;
  return hash ? revisionOfName(revisionNameOf(workload, hash)) : undefined;
}
