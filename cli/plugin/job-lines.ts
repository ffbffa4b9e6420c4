import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { jobState } from '../../api/job-state.ts';
import { example, timeLeft } from './job-table.ts';
import { progressBar } from './progress-bar.ts';
import { counted } from './text-table.ts';

/** The state of a running job on a terminal: bar, what is on its way, failures so far. */
export function jobLines(job: ImagePullJob, now: number): readonly string[] {
  const { desired = 0, succeeded = 0 } = job.status ?? {};
  const left = timeLeft(job, now);
  return [
    `${job.metadata.name}   ${job.spec.image}`,
    `${progressBar(succeeded, desired)} nodes   ${jobState(job).word}${left === '-' ? '' : `, ${left} left`}`,
    whereTheOthersAre(job),
    ...failureLines(job),
  ].filter(line => line !== '');
}

/** The same in one line, for logs of CI: it changes when something happened. */
export function progressLine(job: ImagePullJob): string {
  const { desired = 0, succeeded = 0 } = job.status ?? {};
  const others = whereTheOthersAre(job);
  return `${job.metadata.name}: ${succeeded}/${desired} nodes, ${jobState(job).word}${others === '' ? '' : ` (${others})`}`;
}

/** How a job ended, and what failed. */
export function jobSummary(job: ImagePullJob): readonly string[] {
  const { desired = 0, succeeded = 0, message = '' } = job.status ?? {};
  const state = jobState(job);
  const text = `imagepulljob "${job.metadata.name}"`;
  if (state.kind === 'complete')
    return [`${text} complete: ${job.spec.image} is on ${counted(succeeded, 'node')}`];
  return [
    `${text} failed on ${desired - succeeded} of ${counted(desired, 'node')}: ${message}`,
    ...failureLines(job),
  ];
}

function failureLines({ status }: ImagePullJob): readonly string[] {
  return (status?.failures ?? []).map(
    failure => `  ${failure.reason}: ${counted(failure.count, 'node')}, ${example(failure)}`,
  );
}

function whereTheOthersAre({ status }: ImagePullJob): string {
  const { active = 0, waiting = 0, unavailable = 0, failed = 0 } = status ?? {};
  const parts = [
    [active, 'pulling'],
    [waiting, 'waiting'],
    [unavailable, 'unavailable'],
    [failed, 'failed'],
  ] as const;
  return parts.flatMap(([amount, what]) => (amount > 0 ? [`${amount} ${what}`] : [])).join(', ');
}
