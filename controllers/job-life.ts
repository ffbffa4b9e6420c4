import type { ImagePullJob } from '../api/image-pull-job.ts';
import { isBeingDeleted } from '../api/meta.ts';
import { LABEL_WORKLOAD } from '../api/names.ts';

/** True once the job ended, well or not. */
export function isFinished(job: ImagePullJob): boolean {
  return job.status?.completionTime !== undefined;
}

/**
 * True for jobs that predownloading made. They are the memory of a rollout: they open again when another of its pods turns up
 * on a cold node, and what they did on a node is kept until they are deleted.
 */
export function lastsAsLongAsItsRollout(job: ImagePullJob): boolean {
  return job.metadata.labels?.[LABEL_WORKLOAD] !== undefined;
}

/** True while a new node or pod may still give the job something to do. */
export function isOpen(job: ImagePullJob): boolean {
  if (isBeingDeleted(job)) return false;
  return !isFinished(job) || lastsAsLongAsItsRollout(job);
}
