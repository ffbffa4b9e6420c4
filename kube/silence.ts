import type { Clock } from '../runtime/clock.ts';

export interface SilenceOptions {
  /** The end in any case, after this long. */
  readonly lastsMs: number;
  /** The end after this much silence, while something is to be heard. */
  readonly silenceMs: number;
  readonly expectsSound: () => boolean;
}

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

  /** Something was heard. Costs no timer, however often. */
  heard(): void {
    this.#heardAt = this.#clock.monotonicMs();
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #look(): void {
    const { silenceMs, expectsSound } = this.#options;
    const now = this.#clock.monotonicMs();
    // A look in time after whatever may be heard until then.
    const silentAt = (expectsSound() ? this.#heardAt : now) + silenceMs;
    const leftMs = Math.min(this.#endsAt, silentAt) - now;
    if (leftMs <= 0) this.#onDead();
    else this.#cancel = this.#clock.after(leftMs, () => this.#look());
  }
}
