import { findCondition, isConditionTrue } from './conditions.ts';
import type { ImagePullJob } from './image-pull-job.ts';
import { isBeingDeleted } from './meta.ts';

/** What has become of a job, in a word. */
export type JobState =
  | { readonly kind: 'running'; readonly word: string }
  | { readonly kind: 'complete'; readonly word: string }
  | { readonly kind: 'failed'; readonly word: string };

/** Reads the conditions; a job of OpenKruise has none and tells by its completion time and its counts. */
export function jobState(job: ImagePullJob): JobState {
  const { conditions, completionTime, failed = 0 } = job.status ?? {};
  if (isConditionTrue(conditions, 'Failed')) return { kind: 'failed', word: 'Failed' };
  if (isConditionTrue(conditions, 'Complete')) return { kind: 'complete', word: 'Complete' };
  if (completionTime !== undefined) {
    return failed > 0 ? { kind: 'failed', word: 'Failed' } : { kind: 'complete', word: 'Complete' };
  }
  if (isBeingDeleted(job)) return { kind: 'running', word: 'Terminating' };
  if (job.status === undefined) return { kind: 'running', word: 'Pending' };
  const reason = findCondition(conditions, 'Progressing')?.reason;
  return { kind: 'running', word: reason ?? 'Pulling' };
}
