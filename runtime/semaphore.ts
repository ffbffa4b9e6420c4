import { onAbort } from './abort.ts';
import type { Metrics } from './metrics.ts';

export interface SemaphoreOptions {
  /** Label of its metrics. */
  readonly name: string;
  /** How much work may run at once. */
  readonly limit: number;
}

/** Bounds how much work runs at once; first come, first served. */
export class Semaphore {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  readonly #report: () => void;
  #running = 0;

  constructor(options: SemaphoreOptions, deps: { readonly metrics: Metrics }) {
    this.#limit = options.limit;
    const labels = { name: options.name };
    const running = deps.metrics.gauge({
      name: 'headstart_semaphore_running',
      help: 'Pieces of work that hold a slot.',
      labelNames: ['name'],
    });
    const waiting = deps.metrics.gauge({
      name: 'headstart_semaphore_waiting',
      help: 'Pieces of work that wait for a slot.',
      labelNames: ['name'],
    });
    this.#report = () => {
      running.set(labels, this.#running);
      waiting.set(labels, this.#waiting.size);
    };
    this.#report();
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Runs `work` as soon as there is a slot. Rejects with the signal's reason, and never starts it, when that aborts first. */
  async run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    await this.#acquire(signal);
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  async #acquire(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#running < this.#limit) {
      this.#running++;
      this.#report();
      return;
    }
    await this.#wait(signal);
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        unlink();
        resolve();
      };
      const unlink = onAbort(signal, () => {
        this.#waiting.delete(enter);
        this.#report();
        reject(signal?.reason as Error);
      });
      this.#waiting.add(enter);
      this.#report();
    });
  }

  /** The slot goes straight to the one that waited longest, so that no newcomer can take it. */
  #release(): void {
    const next = this.#waiting.values().next();
    if (next.done === true) {
      this.#running--;
    } else {
      this.#waiting.delete(next.value);
      next.value();
    }
    this.#report();
  }
}
