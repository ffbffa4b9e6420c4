/** How the wait between attempts grows. */
export interface BackoffOptions {
  /** Wait before the first retry. */
  readonly baseMs: number;
  /** No wait is longer. */
  readonly maxMs: number;
  /** Share of the wait that is random, 0 to 1: with 0.5 it lies between half and the whole of it. */
  readonly jitter: number;
}

/** Milliseconds to wait before retry number `attempt` (0 is the first): doubles up to a limit, less a random share. */
export function backoffMs(attempt: number, options: BackoffOptions, random: () => number): number {
  // 2 ** 1024 is Infinity, which the minimum turns into the limit.
  const full = Math.min(options.maxMs, options.baseMs * 2 ** attempt);
  return full * (1 - options.jitter * random());
}
