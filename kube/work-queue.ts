import type { ObjectKey } from '../api/meta.ts';
import { onAbort } from '../runtime/abort.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { createQueueMetrics, type QueueMetrics } from './queue-metrics.ts';

export interface WorkQueueOptions {
  /** Label of its metrics. */
  readonly name: string;
}

export interface WorkQueueDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly random: () => number;
}

/** Retries of one key: fast at first, since most failures are races; a minute apart at most, so that an outage is soon forgotten. */
const BACKOFF = { baseMs: 5, maxMs: 60_000, jitter: 0.5 };

interface DelayedAdd {
  readonly at: number;
  readonly cancel: () => void;
}

/**
 * Keys that wait for a worker. A key that waits already is not added again; one that is worked on is added when that is done; so no key
 * is ever worked on twice at once and no change is missed. First in, first out.
 */
export class WorkQueue {
  readonly #deps: WorkQueueDeps;
  readonly #metrics: QueueMetrics;
  /** Keys ready for a worker, in order, from `#head` on. */
  #ready: ObjectKey[] = [];
  #head = 0;
  /** Keys that need work: those in `#ready`, and those that were added while in `#processing`. */
  readonly #dirty = new Set<ObjectKey>();
  /** Keys in work, with the time they were taken. */
  readonly #processing = new Map<ObjectKey, number>();
  readonly #readySince = new Map<ObjectKey, number>();
  readonly #delayed = new Map<ObjectKey, DelayedAdd>();
  readonly #failures = new Map<ObjectKey, number>();
  readonly #takers = new Set<(key: ObjectKey) => void>();

  constructor(options: WorkQueueOptions, deps: WorkQueueDeps) {
    this.#deps = deps;
    this.#metrics = createQueueMetrics(options.name, deps.metrics, () => this.#inWorkMs());
  }

  /** Keys that are ready for a worker. */
  get depth(): number {
    return this.#ready.length - this.#head;
  }

  /** Adds `key` at once. */
  add(key: ObjectKey): void {
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    this.#metrics.added();
    if (!this.#processing.has(key)) this.#makeReady(key);
  }

  /** Adds `key` after `ms`; of several such calls the earliest counts. */
  addAfter(key: ObjectKey, ms: number): void {
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const at = this.#deps.clock.monotonicMs() + ms;
    const before = this.#delayed.get(key);
    if (before !== undefined && before.at <= at) return;
    before?.cancel();
    const cancel = this.#deps.clock.after(ms, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, cancel });
  }

  /** Adds now what was to be added later, for when nobody takes keys any more: no timer is left and no key is lost. */
  endDelays(): void {
    for (const [key, { cancel }] of this.#delayed) {
      cancel();
      this.add(key);
    }
    this.#delayed.clear();
  }

  /** Adds `key` after a wait that doubles with each call, until `forget`. Returns the wait. */
  addWithBackoff(key: ObjectKey): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#metrics.retried();
    const waitMs = backoffMs(failures, BACKOFF, this.#deps.random);
    this.addAfter(key, waitMs);
    return waitMs;
  }

  /** Ends the backoff of `key`. */
  forget(key: ObjectKey): void {
    this.#failures.delete(key);
  }

  /** The next key, as soon as there is one; `done` must follow. Rejects when `signal` aborts. */
  async take(signal: AbortSignal): Promise<ObjectKey> {
    signal.throwIfAborted();
    if (this.depth === 0) return this.#wait(signal);
    const key = this.#ready[this.#head++] as ObjectKey;
    this.#compact();
    this.#start(key);
    return key;
  }

  /** Ends the work on `key`; it is ready again if it was added meanwhile. */
  done(key: ObjectKey): void {
    const takenAt = this.#processing.get(key);
    if (takenAt === undefined) return;
    this.#processing.delete(key);
    this.#metrics.worked(this.#deps.clock.monotonicMs() - takenAt);
    if (this.#dirty.has(key)) this.#makeReady(key);
  }

  #inWorkMs(): readonly number[] {
    const now = this.#deps.clock.monotonicMs();
    return [...this.#processing.values()].map(takenAt => now - takenAt);
  }

  #wait(signal: AbortSignal): Promise<ObjectKey> {
    return new Promise((resolve, reject) => {
      const taker = (key: ObjectKey): void => {
        unlink();
        resolve(key);
      };
      const unlink = onAbort(signal, () => {
        this.#takers.delete(taker);
        reject(signal.reason as Error);
      });
      this.#takers.add(taker);
    });
  }

  /** Hands `key` to the worker that waited longest, or puts it at the end. */
  #makeReady(key: ObjectKey): void {
    this.#readySince.set(key, this.#deps.clock.monotonicMs());
    const next = this.#takers.values().next();
    if (next.done === true) {
      this.#ready.push(key);
      this.#metrics.depth(this.depth);
      return;
    }
    this.#takers.delete(next.value);
    this.#start(key);
    next.value(key);
  }

  #start(key: ObjectKey): void {
    const now = this.#deps.clock.monotonicMs();
    this.#dirty.delete(key);
    this.#processing.set(key, now);
    this.#metrics.depth(this.depth);
    this.#metrics.waited(now - (this.#readySince.get(key) ?? now));
    this.#readySince.delete(key);
  }

  /** Taking from the front of an array costs its length, so that is done once for many keys. */
  #compact(): void {
    if (this.#head < 1024 || this.#head * 2 < this.#ready.length) return;
    this.#ready = this.#ready.slice(this.#head);
    this.#head = 0;
  }
}
