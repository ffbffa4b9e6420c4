import type { Metrics } from '../runtime/metrics.ts';
import type { FinalOutcome } from './pull-task.ts';

/** Counts pulls by how they ended. */
export function createPullMetrics(
  metrics: Metrics,
): (outcome: FinalOutcome, elapsedMs: number) => void {
  const pulls = metrics.counter({
    name: 'headstart_pulls_total',
    help: 'Tags that got a result: Pulled, Present (nothing was pulled), or why they failed.',
    labelNames: ['result'],
  });
  const seconds = metrics.histogram({
    name: 'headstart_pull_duration_seconds',
    help: 'From the first attempt to the result, of images that were pulled.',
    // Pulls take from a fraction of a second to the default timeout.
    buckets: [0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600],
  });
  return (outcome, elapsedMs) => {
    pulls.inc({ result: resultOf(outcome) });
    if (outcome.kind === 'pulled') seconds.observe({}, elapsedMs / 1000);
  };
}

function resultOf(outcome: FinalOutcome): string {
  switch (outcome.kind) {
    case 'present':
      return 'Present';
    case 'pulled':
      return 'Pulled';
    case 'failed':
      return outcome.reason;
  }
}
