import type { ObjectKey } from '../api/meta.ts';
import { isAbort } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import { hasCode } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Controller, ControllerOptions, Reconcile } from './controller.ts';
import { type ControllerMetrics, createControllerMetrics } from './controller-metrics.ts';
import { isConflict } from './kube-error.ts';
import { WorkQueue } from './work-queue.ts';

export interface ControllerDependencies {
  readonly reconcile: Reconcile;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly random: () => number;
}

/** A queue of keys and workers that reconcile them. Keys may be added before it runs; they wait. */
export function createController(
  options: ControllerOptions,
  deps: ControllerDependencies,
): Controller {
  return new QueueController(options, deps);
}

class QueueController implements Controller {
  readonly name: string;
  readonly #workers: number;
  readonly #deps: ControllerDependencies;
  readonly #queue: WorkQueue;
  readonly #metrics: ControllerMetrics;

  constructor(options: ControllerOptions, deps: ControllerDependencies) {
    this.name = options.name;
    this.#workers = options.workers;
    this.#deps = { ...deps, log: deps.log.child({ controller: options.name }) };
    this.#queue = new WorkQueue({ name: options.name }, deps);
    this.#metrics = createControllerMetrics(options, deps.metrics);
  }

  enqueue(key: ObjectKey, delayMs = 0): void {
    this.#queue.addAfter(key, delayMs);
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await Promise.all(Array.from({ length: this.#workers }, () => this.#work(signal)));
    } finally {
      this.#queue.endDelays();
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let key: ObjectKey;
      try {
        key = await this.#queue.take(signal);
      } catch {
        return; // Only the signal ends the wait for a key.
      }
      try {
        await this.#reconcile(key, signal);
      } finally {
        this.#queue.done(key);
      }
    }
  }

  async #reconcile(key: ObjectKey, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const finished = this.#metrics.started();
    const startedAt = clock.monotonicMs();
    try {
      const result = await this.#deps.reconcile(key, signal);
      this.#succeed(key, result?.requeueAfterMs);
    } catch (error) {
      if (isAbort(error, signal)) this.#queue.add(key);
      else this.#fail(key, error);
    } finally {
      finished(clock.monotonicMs() - startedAt);
    }
  }

  #succeed(key: ObjectKey, requeueAfterMs: number | undefined): void {
    this.#queue.forget(key);
    if (requeueAfterMs !== undefined) this.#queue.addAfter(key, requeueAfterMs);
    this.#metrics.ended(requeueAfterMs === undefined ? 'success' : 'requeue_after');
  }

  #fail(key: ObjectKey, err: unknown): void {
    const { log } = this.#deps;
    if (isConflict(err)) {
      const retryInMs = Math.round(this.#queue.addWithBackoff(key));
      this.#metrics.ended('requeue');
      log.debug('Reconcile met a newer object', { object: key, retryInMs });
    } else if (hasCode(err, 'TERMINAL')) {
      this.#queue.forget(key);
      this.#metrics.ended('terminal');
      log.error('Reconcile failed for good', { object: key, err });
    } else {
      const retryInMs = Math.round(this.#queue.addWithBackoff(key));
      this.#metrics.ended('error');
      log.error('Reconcile failed', { object: key, retryInMs, err });
    }
  }
}
