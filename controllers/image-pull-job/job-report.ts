import { isDeepStrictEqual } from 'node:util';
import { isConditionTrue } from '../../api/conditions.ts';
import type { ImagePullJob, ImagePullJobStatus } from '../../api/image-pull-job.ts';
import { keyOf } from '../../api/meta.ts';
import { parallelLimit } from '../../api/parallelism.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import type { EventRecorder } from '../../kube/event-recorder.ts';
import type { Lister } from '../../kube/informer.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { type Clock, timestamp } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { RegistryBudget } from '../registry-budget/registry-budget.ts';
import { type DownloadStatus, downloadStatus } from './download-totals.ts';
import type { Failure } from './entry-state.ts';
import { summarizeFailures } from './failures.ts';
import { eventsOf, sayAll } from './job-events.ts';
import { logTransition } from './job-log.ts';
import type { JobMetrics, JobState } from './job-metrics.ts';
import type { JobView } from './job-view.ts';
import type { JobViews, OpenJob } from './job-views.ts';
import { needsMirrors } from './mirrored-secret.ts';
import type { JobProgress } from './progress.ts';
import { invalidStatus, seenStatus, statusOf, statusPatch } from './status.ts';
import { type Verdict, verdictOn } from './verdict.ts';

/** A moving status is written at most this often. */
const STATUS_EVERY_MS = 1_000;
/** And one in which nothing but downloads moved: nodes tell of those every few seconds, and many nodes all the time. */
const DOWNLOADS_EVERY_MS = 5_000;

const INVALID: Verdict = { kind: 'failed', reason: 'InvalidSpec' };

export interface JobReportDeps {
  readonly client: KubeClient;
  readonly jobs: Lister<ImagePullJob>;
  readonly views: JobViews;
  readonly budget: RegistryBudget;
  readonly events: EventRecorder;
  readonly metrics: JobMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

/** When the job has to be over, milliseconds since the epoch; infinity when nothing says so. */
export function deadlineMsOf(job: ImagePullJob, clock: Clock): number {
  const { type, activeDeadlineSeconds } = job.spec.completionPolicy ?? {};
  if (type === 'Never' || activeDeadlineSeconds === undefined) return Number.POSITIVE_INFINITY;
  const startedAt = job.status?.startTime;
  const startedMs = startedAt === undefined ? clock.now() : Date.parse(startedAt);
  return startedMs + activeDeadlineSeconds * 1000;
}

/** Says in status and Events how far a job is. */
export class JobReport {
  readonly #deps: JobReportDeps;

  constructor(deps: JobReportDeps) {
    this.#deps = deps;
  }

  /** Ends a job whose spec nobody can act on. */
  async refuse(job: ImagePullJob, problem: string, signal: AbortSignal): Promise<void> {
    const status = invalidStatus(job, problem, timestamp(this.#deps.clock));
    await this.#write(job, status, INVALID, signal);
  }

  /** Writes the status when it is time; otherwise says in how many milliseconds that is. */
  async report(job: ImagePullJob, open: OpenJob, signal: AbortSignal): Promise<number> {
    const verdict = this.#verdictOn(job, open);
    this.#deps.metrics.at(keyOf(job), jobStateOf(verdict));
    const sinceMs = this.#deps.clock.monotonicMs() - (open.statusWrittenMs ?? -STATUS_EVERY_MS);
    if (verdict.kind === 'running' && sinceMs < STATUS_EVERY_MS) return STATUS_EVERY_MS - sinceMs;
    const status = this.#statusOf(job, open, verdict);
    // An estimate moves with the time; without anything new it says nothing new.
    if (isSameBut(ESTIMATE, status, job.status)) return Number.POSITIVE_INFINITY;
    if (sinceMs < DOWNLOADS_EVERY_MS && isSameBut(DOWNLOADS, status, job.status)) {
      return DOWNLOADS_EVERY_MS - sinceMs;
    }
    await this.#write(job, status, verdict, signal);
    return Number.POSITIVE_INFINITY;
  }

  /** Notes on a job that ended that an edit was seen: it changes nothing, but whoever waits for the job would wait for that. */
  async acknowledge(job: ImagePullJob, signal: AbortSignal): Promise<void> {
    const { name, namespace = '', uid } = job.metadata;
    const failed = isConditionTrue(job.status?.conditions, 'Failed');
    this.#deps.metrics.at(keyOf(job), failed ? 'Failed' : 'Complete');
    const status = seenStatus(job);
    if (status === undefined) return;
    await this.#deps.client.patch(
      IMAGE_PULL_JOBS,
      { name, namespace },
      { type: 'merge', body: { metadata: { uid }, status } },
      { signal, subresource: 'status' },
    );
  }

  #verdictOn(job: ImagePullJob, { view }: OpenJob): Verdict {
    return verdictOn({
      job,
      counts: view.progress.counts,
      mostTargets: view.mostTargets,
      missing: () => missingNodes(view.progress),
      overdue: deadlineMsOf(job, this.#deps.clock) <= this.#deps.clock.now(),
      paused: parallelLimit(job.spec.parallelism, view.mostTargets) === 0,
      hold: this.#deps.budget.holdOf(keyOf(job)),
    });
  }

  #statusOf(job: ImagePullJob, { view, secrets }: OpenJob, verdict: Verdict): ImagePullJobStatus {
    const cutOff = verdict.reason === 'DeadlineExceeded' ? unfinishedFailures(view.progress) : [];
    return statusOf({
      job,
      counts: view.progress.counts,
      failures: summarizeFailures([...view.progress.failures(), ...cutOff]),
      verdict,
      downloads: this.#downloadsOf(job, view, verdict),
      ...(secrets !== undefined && needsMirrors(job)
        ? { secretProblems: secrets.state.problems }
        : {}),
      now: timestamp(this.#deps.clock),
    });
  }

  #downloadsOf(job: ImagePullJob, { progress }: JobView, verdict: Verdict): DownloadStatus {
    const nowMs = this.#deps.clock.now();
    const { startTime } = job.status ?? {};
    return downloadStatus({
      counts: progress.counts,
      totals: progress.totals,
      startedMs: startTime === undefined ? nowMs : Date.parse(startTime),
      nowMs,
      isMoving: verdict.reason === 'Pulling' && job.spec.completionPolicy?.type !== 'Never',
    });
  }

  async #write(
    job: ImagePullJob,
    status: ImagePullJobStatus,
    verdict: Verdict,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, clock, events, jobs, log, metrics, views } = this.#deps;
    const { name, namespace = '', uid, resourceVersion } = job.metadata;
    // Guarded: an end that was worked out from an old copy would be told twice.
    const metadata = { uid, resourceVersion };
    const body = { metadata, status: statusPatch(job.status, status) };
    const cached = jobs.get(keyOf(job));
    const written = await client.patch(
      IMAGE_PULL_JOBS,
      { name, namespace },
      { type: 'merge', body },
      { signal, subresource: 'status' },
    );
    const open = views.get(keyOf(job));
    if (open !== undefined) open.statusWrittenMs = clock.monotonicMs();
    views.wrote(written, cached);
    if (verdict.kind !== 'running') metrics.ended(job, status, verdict);
    logTransition(log, job, status, verdict);
    sayAll(events, job, eventsOf(job, status, verdict));
  }
}

const ESTIMATE: readonly string[] = ['estimatedCompletionTime'] satisfies (keyof DownloadStatus)[];
const DOWNLOADS: readonly string[] = [...ESTIMATE, 'bytesDone', 'bytesTotal'];

function isSameBut(
  fields: readonly string[],
  a: ImagePullJobStatus,
  b: ImagePullJobStatus | undefined,
): boolean {
  const rest = (status: object): object =>
    Object.fromEntries(Object.entries(status).filter(([name]) => !fields.includes(name)));
  return b !== undefined && isDeepStrictEqual(rest(a), rest(b));
}

function jobStateOf(verdict: Verdict): JobState {
  if (verdict.kind === 'running') return verdict.reason;
  return verdict.kind === 'complete' ? 'Complete' : 'Failed';
}

const CUT_OFF: Failure = {
  reason: 'DeadlineExceeded',
  message: 'the job ended before this node did',
};

function* unfinishedFailures(progress: JobProgress): Iterable<readonly [string, Failure]> {
  for (const kind of ['active', 'waiting', 'unavailable'] as const) {
    for (const name of progress.of(kind).keys()) yield [name, CUT_OFF];
  }
}

function missingNodes(progress: JobProgress): number {
  let missing = 0;
  for (const [, { reason }] of progress.failures()) if (reason === 'NodeNotFound') missing++;
  return missing;
}
