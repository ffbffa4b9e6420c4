import { BinaryHeap } from './binary-heap.ts';
import { type Clock, sleepOn } from './clock.ts';

interface Timer {
  readonly at: number;
  /** Timers of the same time fire in the order in which they were set. */
  readonly order: number;
  fire: (() => void) | undefined;
}

/** A clock that jumps from one timer to the next: hours pass in as long as the work takes that is done in them. */
export class SimulatedClock implements Clock {
  readonly #startMs: number;
  #nowMs: number;
  #order = 0;
  /** Those that were cancelled stay until they would be due. */
  readonly #timers = new BinaryHeap<Timer>(isBefore);

  /** `startMs` is what `now` tells at first. */
  constructor(startMs: number) {
    this.#startMs = startMs;
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  after(ms: number, callback: () => void): () => void {
    const timer: Timer = {
      at: this.#nowMs + Math.max(0, ms),
      order: this.#order++,
      fire: callback,
    };
    this.#timers.add(timer);
    return () => {
      timer.fire = undefined;
    };
  }

  /**
   * Lets time pass until `isDone`, which is asked after all that each timer set off has come to rest. False when there is nothing left to
   * wait for. Rejects with the signal's reason when that aborts. What runs on this clock must wait for nothing else.
   */
  async runUntil(isDone: () => boolean, signal?: AbortSignal): Promise<boolean> {
    for (;;) {
      await restOfTurn();
      signal?.throwIfAborted();
      if (isDone()) return true;
      const fire = this.#next();
      if (fire === undefined) return false;
      fire();
    }
  }

  /** Takes the first timer that was not cancelled, and goes to its time. */
  #next(): (() => void) | undefined {
    for (let timer = this.#timers.take(); timer !== undefined; timer = this.#timers.take()) {
      if (timer.fire === undefined) continue;
      this.#nowMs = timer.at;
      return timer.fire;
    }
    return undefined;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Promises that are ready run before the event loop turns. */
function restOfTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
