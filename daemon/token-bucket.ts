import type { Clock } from '../runtime/clock.ts';

export interface TokenBucketOptions {
  /** Tokens that can gather. */
  readonly burst: number;
  /** Tokens that come in. */
  readonly perSecond: number;
}

/** Bounds a rate over time and lets short bursts pass. Starts full. */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  readonly #clock: Clock;
  #tokens: number;
  #countedAtMs: number;

  constructor(options: TokenBucketOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#tokens = options.burst;
    this.#countedAtMs = clock.monotonicMs();
  }

  /** Milliseconds until there is a token; 0 when there is one. */
  waitMs(): number {
    this.#fill();
    return Math.ceil(Math.max(0, 1 - this.#tokens) * this.#msPerToken);
  }

  /** Takes a token, if need be one that is still to come. */
  take(): void {
    this.#fill();
    this.#tokens--;
  }

  get #msPerToken(): number {
    return 1000 / this.#options.perSecond;
  }

  #fill(): void {
    const now = this.#clock.monotonicMs();
    const gained = (now - this.#countedAtMs) / this.#msPerToken;
    this.#tokens = Math.min(this.#options.burst, this.#tokens + gained);
    this.#countedAtMs = now;
  }
}
