import { age, duration } from '../../api/age.ts';
import type { FailureGroup, ImagePullJob } from '../../api/image-pull-job.ts';
import { jobState } from '../../api/job-state.ts';
import { LABEL_LIST_JOB, LABEL_WORKLOAD, LABEL_WORKLOAD_KIND } from '../../api/names.ts';
import { progressBar } from './progress-bar.ts';
import { textTable } from './text-table.ts';

/** How jobs are shown. */
export interface JobTableOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly withNamespace: boolean;
  readonly wide: boolean;
}

const NONE = '<none>';

/** A row a job, then the failures by reason. */
export function jobTable(
  jobs: readonly ImagePullJob[],
  options: JobTableOptions,
): readonly string[] {
  const headers = [
    ...(options.withNamespace ? ['NAMESPACE'] : []),
    'NAME',
    'IMAGE',
    'PROGRESS',
    'FAILED',
    'STATE',
    'ETA',
    'AGE',
    ...(options.wide ? ['ACTIVE', 'WAITING', 'UNAVAILABLE', 'BYTES', 'FOR', 'MESSAGE'] : []),
  ];
  return [
    ...textTable(
      headers,
      jobs.map(job => jobCells(job, options)),
    ),
    ...failureTable(jobs, options),
  ];
}

/** The cells of one job. */
export function jobCells(job: ImagePullJob, options: JobTableOptions): readonly string[] {
  const { metadata, spec, status } = job;
  return [
    ...(options.withNamespace ? [metadata.namespace ?? ''] : []),
    metadata.name,
    spec.image,
    progressBar(status?.succeeded ?? 0, status?.desired ?? 0),
    String(status?.failed ?? 0),
    jobState(job).word,
    timeLeft(job, options.now),
    age(metadata.creationTimestamp, options.now),
    ...(options.wide ? wideCells(job) : []),
  ];
}

/** When the job will have ended, as far as it tells: `40s`, or `-`. */
export function timeLeft(job: ImagePullJob, now: number): string {
  const at = Date.parse(job.status?.estimatedCompletionTime ?? '');
  if (Number.isNaN(at) || jobState(job).kind !== 'running') return '-';
  return duration(at - now);
}

function wideCells(job: ImagePullJob): readonly string[] {
  const { active = 0, waiting = 0, unavailable = 0, message = '' } = job.status ?? {};
  return [String(active), String(waiting), String(unavailable), bytes(job), madeFor(job), message];
}

function bytes({ status }: ImagePullJob): string {
  const { bytesDone, bytesTotal } = status ?? {};
  if (bytesDone === undefined || bytesTotal === undefined) return '-';
  return `${megabytes(bytesDone)}/${megabytes(bytesTotal)} MB`;
}

const megabytes = (amount: number): string => (amount / 1e6).toFixed(amount < 1e7 ? 1 : 0);

function madeFor({ metadata: { labels = {}, annotations = {} } }: ImagePullJob): string {
  const full = (key: string): string | undefined => annotations[key] ?? labels[key];
  const [kind, workload] = [full(LABEL_WORKLOAD_KIND), full(LABEL_WORKLOAD)];
  if (kind !== undefined && workload !== undefined) return `${kind}/${workload}`;
  const list = full(LABEL_LIST_JOB);
  return list === undefined ? NONE : `ImageListPullJob/${list}`;
}

function failureTable(
  jobs: readonly ImagePullJob[],
  { withNamespace }: JobTableOptions,
): readonly string[] {
  const rows = jobs.flatMap(({ metadata, status }) =>
    (status?.failures ?? []).map(failure => [
      ...(withNamespace ? [metadata.namespace ?? ''] : []),
      metadata.name,
      failure.reason,
      String(failure.count),
      example(failure),
    ]),
  );
  if (rows.length === 0) return [];
  const headers = ['FAILED JOB', 'REASON', 'NODES', 'EXAMPLE'];
  return ['', ...textTable(withNamespace ? ['NAMESPACE', ...headers] : headers, rows)];
}

/** One node and what it said, on one line. */
export function example({ exampleNode, exampleMessage }: FailureGroup): string {
  return `${exampleNode}: ${exampleMessage.replace(/\s+/g, ' ').trim()}`;
}
