import type { ImagePullJob, ImagePullJobStatus } from '../../../api/image-pull-job.ts';
import type { Condition } from '../../../api/meta.ts';

/** When the jobs of the tests were made, and two minutes later. */
export const CREATED = '2026-01-01T12:00:00Z';
export const NOW = Date.parse('2026-01-01T12:02:00Z');

/** A job `default/base` of nginx:1.27 on ten nodes that has not begun. */
export function pullJob(changes: Partial<ImagePullJob['metadata']> = {}): ImagePullJob {
  return {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'ImagePullJob',
    metadata: { name: 'base', namespace: 'default', creationTimestamp: CREATED, ...changes },
    spec: { image: 'nginx:1.27', completionPolicy: { type: 'Always' } },
  };
}

/** `job` with a status on ten nodes. */
export function withStatus(
  job: ImagePullJob,
  status: Partial<ImagePullJobStatus>,
  condition: Pick<Condition, 'type' | 'reason'> = { type: 'Progressing', reason: 'Pulling' },
): ImagePullJob {
  const conditions = [
    { ...condition, status: 'True', lastTransitionTime: CREATED, message: '' },
  ] as const;
  const counts = { desired: 10, active: 0, succeeded: 0, failed: 0 };
  return { ...job, status: { ...counts, conditions, ...status } };
}

/** A job of which half is done. */
export const HALF = withStatus(pullJob(), {
  active: 2,
  waiting: 3,
  succeeded: 5,
  bytesDone: 250_000_000,
  bytesTotal: 500_000_000,
  estimatedCompletionTime: '2026-01-01T12:04:30Z',
  message: 'job is running, progress 50.0%',
});

/** A job that failed on three of ten nodes, for two reasons. */
export const FAILED = withStatus(
  pullJob({ name: 'private', namespace: 'shop' }),
  {
    succeeded: 7,
    failed: 3,
    completionTime: '2026-01-01T12:01:00Z',
    message: 'job has completed: 3 failed (2 Unauthorized, 1 NotFound)',
    failures: [
      { reason: 'Unauthorized', count: 2, exampleNode: 'node-3', exampleMessage: 'access\ndenied' },
      { reason: 'NotFound', count: 1, exampleNode: 'node-7', exampleMessage: 'manifest unknown' },
    ],
  },
  { type: 'Failed', reason: 'TargetsFailed' },
);

/** A job that is done. */
export const COMPLETE = withStatus(
  pullJob({ name: 'done' }),
  { succeeded: 10, completionTime: '2026-01-01T12:01:00Z', message: 'job has completed' },
  { type: 'Complete', reason: 'Succeeded' },
);
