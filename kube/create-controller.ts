import type { ObjectKey } from '../api/meta.ts';
import { isAbort } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import { hasCode } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Controller, ControllerOptions, Reconcile } from './controller.ts';
import { type ControllerMetrics, createControllerMetrics } from './controller-metrics.ts';
import { isConflict } from './kube-error.ts';
import { turnedAwayMs } from './turned-away.ts';
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
      const waitMs = turnedAwayMs(error, this.#deps.random);
      if (isAbort(error, signal)) this.#queue.add(key);
      else if (waitMs === undefined) this.#fail(key, error);
      else await this.#wait(key, { waitMs, err: error }, signal);
    } finally {
      finished(clock.monotonicMs() - startedAt);
    }
  }

  #succeed(key: ObjectKey, requeueAfterMs: number | undefined): void {
    this.#queue.forget(key);
    if (requeueAfterMs !== undefined) this.#queue.addAfter(key, requeueAfterMs);
    this.#metrics.ended(requeueAfterMs === undefined ? 'success' : 'requeue_after');
  }

  /** The worker waits and not the key alone: with thousands of other keys to take it would give the API server no rest. */
  async #wait(
    key: ObjectKey,
    { waitMs, err }: { readonly waitMs: number; readonly err: unknown },
    signal: AbortSignal,
  ): Promise<void> {
    this.#metrics.ended('requeue');
    const retryInMs = Math.round(waitMs);
    this.#deps.log.warn('Reconcile was turned away', { object: key, retryInMs, err });
    await this.#deps.clock.sleep(waitMs, signal).catch(() => {
      // Only the signal ends the sleep early; the key waits in the queue for the next run.
    });
    this.#queue.add(key);
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
