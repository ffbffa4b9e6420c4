import type { Metrics } from '../runtime/metrics.ts';

/** What a work queue tells, under client-go's names. Durations in milliseconds here, in seconds there. */
export interface QueueMetrics {
  depth(keys: number): void;
  added(): void;
  retried(): void;
  waited(ms: number): void;
  worked(ms: number): void;
}

/** client-go's buckets: powers of ten from 10 ns; the first ones are finer than our clock needs. */
const SECONDS = [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10];

/** The metrics of the queue `name`. `inWorkMs` says how long each key in work has been that. */
export function createQueueMetrics(
  name: string,
  metrics: Metrics,
  inWorkMs: () => readonly number[],
): QueueMetrics {
  const labelNames = ['name'];
  const labels = { name };
  const counter = (suffix: string, help: string) =>
    metrics.counter({ name: `workqueue_${suffix}`, help, labelNames });
  const seconds = (suffix: string, help: string) =>
    metrics.histogram({ name: `workqueue_${suffix}`, help, labelNames, buckets: SECONDS });

  const gauge = (suffix: string, help: string) =>
    metrics.gauge({ name: `workqueue_${suffix}`, help, labelNames });

  const depth = gauge('depth', 'Keys in the queue.');
  const adds = counter('adds_total', 'Keys added.');
  const retries = counter('retries_total', 'Keys added again after a failure.');
  const wait = seconds('queue_duration_seconds', 'How long keys waited.');
  const work = seconds('work_duration_seconds', 'How long the work on keys took.');
  const unfinished = gauge('unfinished_work_seconds', 'Time spent on keys that are not done yet.');
  const longest = gauge('longest_running_processor_seconds', 'The longest time of those.');
  depth.set(labels, 0);
  for (const counter of [adds, retries]) counter.inc(labels, 0);
  metrics.onExposition(() => {
    const ms = inWorkMs();
    unfinished.set(labels, ms.reduce((sum, each) => sum + each, 0) / 1000);
    longest.set(labels, Math.max(0, ...ms) / 1000);
  });
  return {
    depth: keys => depth.set(labels, keys),
    added: () => adds.inc(labels),
    retried: () => retries.inc(labels),
    waited: ms => wait.observe(labels, ms / 1000),
    worked: ms => work.observe(labels, ms / 1000),
  };
}
