import { registryOf } from '../api/image-reference.ts';
import type { PullFailureReason } from '../api/pull-failure.ts';
import { boundedLabel } from '../runtime/bounded-label.ts';
import type { Counter, Histogram, Metrics } from '../runtime/metrics.ts';
import type { EndedPull } from './pull-events.ts';
import type { FinalOutcome } from './pull-task.ts';

/** More registries than anybody runs. */
const MAX_REGISTRIES = 100;

/** Counts pulls by registry and by how they ended, and what it took. */
export class PullMetrics {
  readonly #pulls: Counter;
  readonly #bytes: Counter;
  readonly #retries: Counter;
  readonly #seconds: Histogram;
  readonly #registryLabel = boundedLabel(MAX_REGISTRIES);

  constructor(metrics: Metrics) {
    this.#pulls = metrics.counter({
      name: 'headstart_pulls_total',
      help: 'Tags that got a result: Pulled, Present (nothing was pulled), or why they failed.',
      labelNames: ['result', 'registry'],
    });
    this.#bytes = metrics.counter({
      name: 'headstart_pull_bytes_total',
      help: 'Compressed size of the images whose pull was followed: on containerd, when it took longer than 2.5 s.',
      labelNames: ['registry'],
    });
    this.#retries = metrics.counter({
      name: 'headstart_pull_retries_total',
      help: 'Attempts that failed and were followed by another.',
      labelNames: ['reason'],
    });
    this.#seconds = metrics.histogram({
      name: 'headstart_pull_duration_seconds',
      help: 'From the first attempt to the result, of images that were pulled.',
      // Pulls take from a fraction of a second to the default timeout.
      buckets: [0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600],
    });
  }

  ended({ pull, outcome, elapsedMs, sizeBytes = 0 }: EndedPull): void {
    const registry = this.#registryLabel(registryOf(pull.name));
    this.#pulls.inc({ result: resultOf(outcome), registry });
    if (outcome.kind !== 'pulled') return;
    this.#bytes.inc({ registry }, sizeBytes);
    this.#seconds.observe({}, elapsedMs / 1000);
  }

  retried(reason: PullFailureReason): void {
    this.#retries.inc({ reason });
  }
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
