import type { ImagePullJob, ImagePullJobStatus } from '../../api/image-pull-job.ts';
import { controllerOf, type ObjectKey } from '../../api/meta.ts';
import type { Counter, Gauge, Histogram, Metrics } from '../../runtime/metrics.ts';
import { lastsAsLongAsItsRollout } from '../job-life.ts';
import type { TargetCounts } from './progress.ts';
import type { Verdict } from './verdict.ts';

const TARGET_STATES = ['waiting', 'active', 'unavailable', 'succeeded', 'failed'] as const;
type TargetTotals = Readonly<Record<(typeof TARGET_STATES)[number], number>>;

/** What a job is at: the reason for which it goes on, or how it ended. */
export type JobState = Extract<Verdict, { kind: 'running' }>['reason'] | 'Complete' | 'Failed';

/** From a second, for a small image on one node, to six hours, for a large one through a whole cluster. */
const DURATION_SECONDS = [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600];

/** Adds up the jobs and the targets of the open ones. */
export class JobMetrics {
  readonly #open: Gauge;
  readonly #jobs: Gauge;
  readonly #targets: Gauge;
  readonly #ended: Counter;
  readonly #duration: Histogram;
  readonly #shown = new Map<ObjectKey, TargetTotals>();
  readonly #states = new Map<ObjectKey, JobState>();

  constructor(metrics: Metrics) {
    this.#open = metrics.gauge({
      name: 'headstart_jobs_open',
      help: 'ImagePullJobs that may still do something.',
    });
    this.#targets = metrics.gauge({
      name: 'headstart_targets',
      help: 'Nodes of the open ImagePullJobs, by state.',
      labelNames: ['state'],
    });
    this.#jobs = metrics.gauge({
      name: 'headstart_jobs',
      help: 'ImagePullJobs by state.',
      labelNames: ['state'],
    });
    this.#ended = metrics.counter({
      name: 'headstart_jobs_ended_total',
      help: 'ImagePullJobs that ended, by result and reason.',
      labelNames: ['result', 'reason'],
    });
    this.#duration = metrics.histogram({
      name: 'headstart_job_duration_seconds',
      help: 'From the start of an ImagePullJob to its end, by result and by what made it.',
      labelNames: ['result', 'origin'],
      buckets: DURATION_SECONDS,
    });
  }

  /** Shows where an open job stands. */
  show(key: ObjectKey, { waiting, active, unavailable, succeeded, failed }: TargetCounts): void {
    this.#add(key, { waiting, active, unavailable, succeeded, failed });
  }

  /** Takes out a job that is closed. */
  hide(key: ObjectKey): void {
    if (!this.#shown.has(key)) return;
    this.#add(key, { waiting: 0, active: 0, unavailable: 0, succeeded: 0, failed: 0 });
    this.#shown.delete(key);
    this.#open.set({}, this.#shown.size);
  }

  /** Notes what a job is at, open or ended. */
  at(key: ObjectKey, state: JobState): void {
    const before = this.#states.get(key);
    if (before === state) return;
    if (before !== undefined) this.#jobs.dec({ state: before });
    this.#jobs.inc({ state });
    this.#states.set(key, state);
  }

  /** Takes out a job that was deleted. */
  gone(key: ObjectKey): void {
    this.hide(key);
    const state = this.#states.get(key);
    if (state !== undefined) this.#jobs.dec({ state });
    this.#states.delete(key);
  }

  /** Counts the end of a job, and how long it took. */
  ended(job: ImagePullJob, status: ImagePullJobStatus, { kind, reason }: Verdict): void {
    this.#ended.inc({ result: kind, reason });
    const { startTime, completionTime } = status;
    if (startTime === undefined || completionTime === undefined) return;
    const seconds = (Date.parse(completionTime) - Date.parse(startTime)) / 1000;
    this.#duration.observe({ result: kind, origin: originOf(job) }, seconds);
  }

  #add(key: ObjectKey, totals: TargetTotals): void {
    const before = this.#shown.get(key);
    for (const state of TARGET_STATES) {
      const difference = totals[state] - (before?.[state] ?? 0);
      if (difference > 0) this.#targets.inc({ state }, difference);
      if (difference < 0) this.#targets.dec({ state }, -difference);
    }
    this.#shown.set(key, totals);
    this.#open.set({}, this.#shown.size);
  }
}

function originOf(job: ImagePullJob): 'rollout' | 'list' | 'other' {
  if (lastsAsLongAsItsRollout(job)) return 'rollout';
  return controllerOf(job)?.kind === 'ImageListPullJob' ? 'list' : 'other';
}
