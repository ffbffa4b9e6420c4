import { isConditionTrue, setCondition } from '../../api/conditions.ts';
import type {
  FailedImageStatus,
  ImageListPullJob,
  ImageListPullJobStatus,
} from '../../api/image-list-pull-job.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import type { Condition } from '../../api/meta.ts';

/** The status of a list, from its current children. `now` is RFC 3339. */
export function listStatus(
  list: ImageListPullJob,
  children: ReadonlyMap<string, ImagePullJob>,
  now: string,
): ImageListPullJobStatus {
  const jobs = list.spec.images.flatMap(image => children.get(image) ?? []);
  const counts = {
    desired: list.spec.images.length,
    active: jobs.filter(job => (job.status?.active ?? 0) > 0).length,
    completed: jobs.filter(hasEnded).length,
    succeeded: jobs.filter(job => hasEnded(job) && !hasFailed(job)).length,
  };
  const failed = jobs.filter(hasFailed);
  const isDone = list.spec.completionPolicy.type !== 'Never' && counts.completed === counts.desired;
  return {
    ...counts,
    ...observed(list),
    startTime: list.status?.startTime ?? now,
    ...(isDone ? { completionTime: list.status?.completionTime ?? now } : {}),
    ...(failed.length === 0 ? {} : { failedImageStatuses: failed.map(failedStatus).sort(byImage) }),
    conditions: conditions(list, { isDone, failed: failed.length, ...counts }, now),
  };
}

/** A job that is done; one that never is (`Never`) counts when every node has been served. */
function hasEnded(job: ImagePullJob): boolean {
  const { status } = job;
  if (status === undefined) return false;
  if (job.spec.completionPolicy.type !== 'Never') return status.completionTime !== undefined;
  return status.desired > 0 && status.succeeded + status.failed === status.desired;
}

/** Also a job that matched no node: nothing was pulled. */
function hasFailed(job: ImagePullJob): boolean {
  return (job.status?.failed ?? 0) > 0 || isConditionTrue(job.status?.conditions, 'Failed');
}

function failedStatus(job: ImagePullJob): FailedImageStatus {
  const { name } = job.metadata;
  return {
    imagePullJob: name,
    name: job.spec.image,
    message: job.status?.message ?? `see: kubectl describe imagepulljob ${name}`,
  };
}

const byImage = (a: FailedImageStatus, b: FailedImageStatus): number => (a.name < b.name ? -1 : 1);

interface Progress {
  readonly desired: number;
  readonly completed: number;
  readonly failed: number;
  readonly isDone: boolean;
}

function conditions(list: ImageListPullJob, progress: Progress, now: string): readonly Condition[] {
  const { desired, completed, failed, isDone } = progress;
  const message = `${completed} of ${desired} images done, ${failed} with failures`;
  const isComplete = isDone && failed === 0;
  const isFailed = isDone && failed > 0;
  return withConditions(
    list,
    [
      ['Progressing', !isDone, isDone ? 'Finished' : 'Pulling'],
      ['Complete', isComplete, isComplete ? 'AllImagesPulled' : 'NotComplete'],
      ['Failed', isFailed, failed > 0 ? 'ImagesFailed' : 'NoFailures'],
    ],
    { message, now },
  );
}

/** The status of a list that nobody can act on. */
export function invalidListStatus(
  list: ImageListPullJob,
  problem: string,
  now: string,
): ImageListPullJobStatus {
  const reason = 'InvalidSpec';
  return {
    desired: list.spec.images.length,
    active: 0,
    completed: 0,
    succeeded: 0,
    ...observed(list),
    startTime: list.status?.startTime ?? now,
    completionTime: now,
    conditions: withConditions(
      list,
      [
        ['Progressing', false, reason],
        ['Complete', false, reason],
        ['Failed', true, reason],
      ],
      { message: problem, now },
    ),
  };
}

/** The status of a list that ended, once its spec was edited: that changes nothing, but it was seen. Undefined when there is nothing to say. */
export function seenListStatus(list: ImageListPullJob): ImageListPullJobStatus | undefined {
  const { generation } = list.metadata;
  if (list.status === undefined || list.status.observedGeneration === generation) return undefined;
  return {
    ...list.status,
    ...observed(list),
    conditions: (list.status.conditions ?? []).map(each => ({ ...each, ...observed(list) })),
  };
}

const observed = ({ metadata: { generation } }: ImageListPullJob) =>
  generation === undefined ? {} : { observedGeneration: generation };

function withConditions(
  list: ImageListPullJob,
  states: readonly (readonly [type: string, isTrue: boolean, reason: string])[],
  { message, now }: { readonly message: string; readonly now: string },
): readonly Condition[] {
  return states.reduce<readonly Condition[]>((all, [type, isTrue, reason]) => {
    const status = isTrue ? 'True' : 'False';
    return setCondition(all, { type, status, reason, message, ...observed(list) }, now);
  }, list.status?.conditions ?? []);
}
