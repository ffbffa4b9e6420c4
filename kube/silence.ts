import type { Clock } from '../runtime/clock.ts';

export interface SilenceOptions {
  /** The end in any case, after this long. */
  readonly lastsMs: number;
  /** How much silence means the end; asked each time, undefined while any is fine. */
  readonly limitMs: () => number | undefined;
}

/** No look is later than this after the moment it was due; one timer does, however much is heard. */
const LOOK_MS = 10_000;

/** Listens to something that should make itself heard, and calls `onDead` once when it does not. Dispose it when the listening ends. */
export class Silence implements Disposable {
  readonly #options: SilenceOptions;
  readonly #clock: Clock;
  readonly #onDead: () => void;
  readonly #endsAt: number;
  #heardAt: number;
  #cancel: () => void = () => {};

  constructor(options: SilenceOptions, deps: { readonly clock: Clock }, onDead: () => void) {
    this.#options = options;
    this.#clock = deps.clock;
    this.#onDead = onDead;
    this.#heardAt = deps.clock.monotonicMs();
    this.#endsAt = this.#heardAt + options.lastsMs;
    this.#look();
  }

  /** Something was heard. */
  heard(): void {
    this.#heardAt = this.#clock.monotonicMs();
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #look(): void {
    const silentAt = this.#heardAt + (this.#options.limitMs() ?? Number.POSITIVE_INFINITY);
    const leftMs = Math.min(this.#endsAt, silentAt) - this.#clock.monotonicMs();
    if (leftMs <= 0) this.#onDead();
    else this.#cancel = this.#clock.after(Math.min(leftMs, LOOK_MS), () => this.#look());
  }
}
