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

/** The metrics of the queue `name`. */
export function createQueueMetrics(name: string, metrics: Metrics): QueueMetrics {
  const labelNames = ['name'];
  const labels = { name };
  const counter = (suffix: string, help: string) =>
    metrics.counter({ name: `workqueue_${suffix}`, help, labelNames });
  const seconds = (suffix: string, help: string) =>
    metrics.histogram({ name: `workqueue_${suffix}`, help, labelNames, buckets: SECONDS });

  const depth = metrics.gauge({ name: 'workqueue_depth', help: 'Keys in the queue.', labelNames });
  const adds = counter('adds_total', 'Keys added.');
  const retries = counter('retries_total', 'Keys added again after a failure.');
  const wait = seconds('queue_duration_seconds', 'How long keys waited.');
  const work = seconds('work_duration_seconds', 'How long the work on keys took.');
  return {
    depth: keys => depth.set(labels, keys),
    added: () => adds.inc(labels),
    retried: () => retries.inc(labels),
    waited: ms => wait.observe(labels, ms / 1000),
    worked: ms => work.observe(labels, ms / 1000),
  };
}
