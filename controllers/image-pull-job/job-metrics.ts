import type { ObjectKey } from '../../api/meta.ts';
import type { Gauge, Metrics } from '../../runtime/metrics.ts';
import type { TargetCounts } from './progress.ts';

const TARGET_STATES = ['waiting', 'active', 'unavailable', 'succeeded', 'failed'] as const;
type TargetTotals = Readonly<Record<(typeof TARGET_STATES)[number], number>>;

/** Adds up the open jobs and their targets. */
export class JobMetrics {
  readonly #open: Gauge;
  readonly #targets: Gauge;
  readonly #ended: (result: string, reason: string) => void;
  readonly #shown = new Map<ObjectKey, TargetTotals>();

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
    const ended = metrics.counter({
      name: 'headstart_jobs_ended_total',
      help: 'ImagePullJobs that ended, by result and reason.',
      labelNames: ['result', 'reason'],
    });
    this.#ended = (result, reason) => ended.inc({ result, reason });
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

  /** Counts the end of a job. */
  ended(result: string, reason: string): void {
    this.#ended(result, reason);
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
