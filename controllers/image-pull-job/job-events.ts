import type { ImagePullJob, ImagePullJobStatus } from '../../api/image-pull-job.ts';
import type { EventOptions, EventRecorder } from '../../kube/event-recorder.ts';
import type { Verdict } from './verdict.ts';

/**
 * The Events that a new status is worth: each reason of failure once, never one for each node; secrets that can't be used; the end.
 */
export function eventsOf(
  job: ImagePullJob,
  after: ImagePullJobStatus,
  verdict: Verdict,
): readonly EventOptions[] {
  return [
    ...failureEvents(job, after),
    ...secretEvents(job, after),
    ...endEvents(job, after, verdict),
  ];
}

/** Says `events` about `job`. */
export function sayAll(
  recorder: EventRecorder,
  job: ImagePullJob,
  events: readonly EventOptions[],
): void {
  for (const event of events) recorder.event(job, event);
}

function failureEvents(job: ImagePullJob, after: ImagePullJobStatus): EventOptions[] {
  const said = new Set(job.status?.failures?.map(({ reason }) => reason));
  return (after.failures ?? [])
    .filter(({ reason }) => !said.has(reason))
    .map(({ reason, count, exampleNode, exampleMessage }) => ({
      type: 'Warning',
      reason: 'PullImageFailed',
      message: `Image ${job.spec.image} failed on ${count} node(s): ${reason}, for example on ${exampleNode}: ${exampleMessage}`,
      once: reason,
    }));
}

function secretEvents(job: ImagePullJob, after: ImagePullJobStatus): EventOptions[] {
  const condition = after.conditions?.find(({ type }) => type === 'PullSecretsReady');
  if (condition?.status !== 'False') return [];
  const { message } = condition;
  const said = job.status?.conditions?.some(before => before.message === message) ?? false;
  return said ? [] : [{ type: 'Warning', reason: 'FailedPullSecret', message, once: message }];
}

function endEvents(job: ImagePullJob, after: ImagePullJobStatus, verdict: Verdict): EventOptions[] {
  const { message = '' } = after;
  if (verdict.reason === 'NoMatchingNodes') {
    const said = job.status?.conditions?.some(({ reason }) => reason === verdict.reason) ?? false;
    return said ? [] : [{ type: 'Warning', reason: verdict.reason, message, once: message }];
  }
  if (verdict.kind === 'running' || job.status?.completionTime !== undefined) return [];
  const once = String(job.metadata.generation ?? 0);
  if (verdict.kind === 'failed') {
    return [{ type: 'Warning', reason: 'JobFailed', message, once: `${verdict.reason} ${once}` }];
  }
  const done = `Image ${job.spec.image} is on ${after.succeeded} of ${after.desired} nodes`;
  return [{ type: 'Normal', reason: 'JobCompleted', message: done, once }];
}
