import type { Clock } from '../../runtime/clock.ts';
import {
  type LoweredCeiling,
  lower,
  loweredTo,
  nextStepMs,
  type Refused,
} from './lowered-ceiling.ts';

export interface LoweredCeilingsDeps {
  readonly clock: Clock;
  /** Called when the ceiling of a host rose; `over`: to where it was. */
  readonly rose: (host: string, over: boolean) => void;
}

/** The registries that asked for less, each for a while. */
export class LoweredCeilings {
  readonly #deps: LoweredCeilingsDeps;
  readonly #byHost = new Map<string, LoweredCeiling>();
  #cancelTimer = (): void => {};
  #running = false;

  constructor(deps: LoweredCeilingsDeps) {
    this.#deps = deps;
  }

  /** Pulls at once that a host is left with; infinity when it did not ask for less. */
  limitOf(host: string): number {
    const lowered = this.#byHost.get(host);
    if (lowered === undefined) return Number.POSITIVE_INFINITY;
    return loweredTo(lowered, this.#deps.clock.now());
  }

  /** Lowers the ceiling of a host. False when that changes nothing: it was just lowered, or the refusal is long past. */
  lower(host: string, refused: Refused): boolean {
    const before = this.#byHost.get(host);
    const after = lower(before, refused);
    if (after === before || loweredTo(after, this.#deps.clock.now()) === Number.POSITIVE_INFINITY) {
      return false;
    }
    this.#byHost.set(host, after);
    this.#setTimer();
    return true;
  }

  /** From now on rises are told. */
  start(): void {
    this.#running = true;
    // Who ran before has told of those that are over.
    for (const host of this.#byHost.keys()) {
      if (this.limitOf(host) === Number.POSITIVE_INFINITY) this.#byHost.delete(host);
    }
    this.#setTimer();
  }

  /** No timer is left. */
  stop(): void {
    this.#running = false;
    this.#cancelTimer();
  }

  #setTimer(): void {
    this.#cancelTimer();
    if (!this.#running || this.#byHost.size === 0) return;
    const nowMs = this.#deps.clock.now();
    const steps = [...this.#byHost.values()].map(lowered => nextStepMs(lowered, nowMs));
    this.#cancelTimer = this.#deps.clock.after(Math.min(...steps) - nowMs, () => this.#step());
  }

  #step(): void {
    for (const host of this.#byHost.keys()) {
      const over = this.limitOf(host) === Number.POSITIVE_INFINITY;
      if (over) this.#byHost.delete(host);
      this.#deps.rose(host, over);
    }
    this.#setTimer();
  }
}
