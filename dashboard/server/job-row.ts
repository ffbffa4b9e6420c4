import { findCondition } from '../../api/conditions.ts';
import type { ImagePullJob, ImagePullJobStatus } from '../../api/image-pull-job.ts';
import { jobState } from '../../api/job-state.ts';
import { controllerOf } from '../../api/meta.ts';
import type { JobRow, WorkloadRef } from '../wire/rows.ts';

/** Registries can say much; the page needs the beginning. */
const MAX_MESSAGE = 300;

/** The row of a job. */
export function jobRow(job: ImagePullJob): JobRow {
  const { metadata, spec, status } = job;
  const owner = ownerOf(job);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    image: spec.image,
    state: jobState(job),
    message: messageOf(job),
    ...countsOf(status),
    failures: (status?.failures ?? []).map(failure => ({
      ...failure,
      exampleMessage: failure.exampleMessage.slice(0, MAX_MESSAGE),
    })),
    ...timesOf(job),
    ...(owner === undefined ? {} : { owner }),
  };
}

function messageOf({ status }: ImagePullJob): string {
  const progress = findCondition(status?.conditions, 'Progressing');
  const text = progress?.status === 'True' ? progress.message : (status?.message ?? '');
  return text.slice(0, MAX_MESSAGE);
}

function countsOf(status: ImagePullJobStatus | undefined) {
  const { desired = 0, active = 0, succeeded = 0, failed = 0 } = status ?? {};
  const { waiting = 0, unavailable = 0, bytesDone, bytesTotal } = status ?? {};
  return {
    desired,
    active,
    waiting,
    unavailable,
    succeeded,
    failed,
    ...(bytesDone === undefined ? {} : { bytesDone }),
    ...(bytesTotal === undefined ? {} : { bytesTotal }),
  };
}

function timesOf({ metadata: { creationTimestamp }, status }: ImagePullJob) {
  const { completionTime, estimatedCompletionTime } = status ?? {};
  return {
    ...(creationTimestamp === undefined ? {} : { createdAt: creationTimestamp }),
    ...(completionTime === undefined ? {} : { completedAt: completionTime }),
    ...(estimatedCompletionTime === undefined ? {} : { estimatedCompletionTime }),
  };
}

function ownerOf(job: ImagePullJob): WorkloadRef | undefined {
  const owner = controllerOf(job);
  if (owner === undefined) return undefined;
  const [group = ''] = owner.apiVersion.split('/', 1);
  return { group, kind: owner.kind, namespace: job.metadata.namespace ?? '', name: owner.name };
}
