import type { ImagePullJob, ImagePullJobStatus } from '../../api/image-pull-job.ts';
import { keyOf } from '../../api/meta.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Verdict } from './verdict.ts';

/** Logs what an operator wants to find later: one line when a job starts, opens again, and ends. */
export function logTransition(
  log: Logger,
  job: ImagePullJob,
  after: ImagePullJobStatus,
  verdict: Verdict,
): void {
  const { status: before, spec } = job;
  const fields = { imagePullJob: keyOf(job), image: spec.image, targets: after.desired };
  if (verdict.kind !== 'running') {
    if (before?.completionTime !== undefined) return;
    const { succeeded, failed, message } = after;
    const ended = { ...fields, reason: verdict.reason, succeeded, failed };
    if (verdict.kind === 'complete') log.info('Completed ImagePullJob', ended);
    else log.warn('ImagePullJob failed', { ...ended, why: message });
  } else if (before?.startTime === undefined) {
    log.info('Started ImagePullJob', { ...fields, parallelism: spec.parallelism ?? 1 });
  } else if (before.completionTime !== undefined) {
    log.info('Opened ImagePullJob again', fields);
  }
}
