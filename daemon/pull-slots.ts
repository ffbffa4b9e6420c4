import { onAbort } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Gauge, Metrics } from '../runtime/metrics.ts';

export interface PullSlotsOptions {
  /** Attempts that run at once. */
  readonly limit: number;
  /** Attempts that run at once from any one registry; absent: no limit but the other. */
  readonly perRegistry?: number;
}

/** What an attempt tells of itself to be let in. */
export interface SlotClaim {
  /** Host of its registry. */
  readonly registry: string;
  /** When its entry was made, RFC 3339 in UTC: the oldest comes first. */
  readonly createdAt: string;
}

interface Waiting {
  readonly claim: SlotClaim;
  enter(): void;
}

/** Bounds how many attempts run at once, on the node and from each registry. Who cannot start because of its registry holds up nobody else. */
export class PullSlots {
  readonly #options: PullSlotsOptions;
  readonly #clock: Clock;
  readonly #inFlight: Gauge;
  readonly #queued: Gauge;
  readonly #runningFrom = new Map<string, number>();
  /** Registry → monotonic time. */
  readonly #restsUntilMs = new Map<string, number>();
  /** The oldest entry first; of equal age, who came first. */
  #queue: readonly Waiting[] = [];
  #running = 0;
  #cancelWake = (): void => {};

  constructor(
    options: PullSlotsOptions,
    deps: { readonly clock: Clock; readonly metrics: Metrics },
  ) {
    this.#options = options;
    this.#clock = deps.clock;
    this.#inFlight = deps.metrics.gauge({
      name: 'headstart_pulls_in_flight',
      help: 'Attempts that run.',
    });
    this.#queued = deps.metrics.gauge({
      name: 'headstart_pulls_queued',
      help: 'Attempts that wait for a slot.',
    });
    this.#report();
  }

  /** Runs `work` as soon as there is a slot. Rejects with the signal's reason, and never starts it, when that aborts first. */
  async run<T>(claim: SlotClaim, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(claim, signal);
    try {
      return await work();
    } finally {
      this.#leave(claim.registry);
    }
  }

  /** Lets nobody start a pull from a registry for `ms`. */
  rest(registry: string, ms: number): void {
    const untilMs = this.#clock.monotonicMs() + ms;
    this.#restsUntilMs.set(registry, Math.max(untilMs, this.#restsUntilMs.get(registry) ?? 0));
    this.#fill();
  }

  #enter(claim: SlotClaim, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        claim,
        enter: () => {
          unlink();
          resolve();
        },
      };
      const unlink = onAbort(signal, () => {
        this.#queue = this.#queue.filter(other => other !== waiting);
        this.#fill();
        reject(signal.reason as Error);
      });
      const younger = this.#queue.findIndex(other => other.claim.createdAt > claim.createdAt);
      this.#queue = this.#queue.toSpliced(younger < 0 ? this.#queue.length : younger, 0, waiting);
      this.#fill();
    });
  }

  #leave(registry: string): void {
    this.#count(registry, -1);
    this.#fill();
  }

  /** Lets in whom the limits allow, and comes back when a registry has rested that somebody waits for. */
  #fill(): void {
    for (const waiting of this.#queue) {
      if (!this.#mayStart(waiting.claim)) continue;
      this.#queue = this.#queue.filter(other => other !== waiting);
      this.#count(waiting.claim.registry, 1);
      waiting.enter();
    }
    this.#report();
    this.#cancelWake();
    const restMs = Math.min(...this.#queue.map(({ claim }) => this.#restOf(claim)).filter(Boolean));
    if (Number.isFinite(restMs)) this.#cancelWake = this.#clock.after(restMs, () => this.#fill());
  }

  #mayStart(claim: SlotClaim): boolean {
    const { limit, perRegistry = limit } = this.#options;
    const from = this.#runningFrom.get(claim.registry) ?? 0;
    return this.#running < limit && from < perRegistry && this.#restOf(claim) === 0;
  }

  /** Milliseconds that a registry still rests; 0 when it does not. */
  #restOf({ registry }: SlotClaim): number {
    const untilMs = this.#restsUntilMs.get(registry);
    if (untilMs === undefined) return 0;
    const restMs = untilMs - this.#clock.monotonicMs();
    if (restMs <= 0) this.#restsUntilMs.delete(registry);
    return Math.max(0, restMs);
  }

  #count(registry: string, change: 1 | -1): void {
    this.#running += change;
    const from = (this.#runningFrom.get(registry) ?? 0) + change;
    if (from > 0) this.#runningFrom.set(registry, from);
    else this.#runningFrom.delete(registry);
  }

  #report(): void {
    this.#inFlight.set({}, this.#running);
    this.#queued.set({}, this.#queue.length);
  }
}
