export interface UntilOptions {
  /** What is waited for, as it reads after "gave up waiting for". */
  readonly what: string;
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/**
 * Calls `probe` until it gives something else than undefined or false, and returns that.
 * A probe that throws counts as "not yet"; the last error is the cause when time runs out.
 */
export async function until<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { what, timeoutMs = 60_000, everyMs = 100 }: UntilOptions,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    let cause: unknown;
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > end) {
      throw new Error(`gave up waiting for ${what} after ${timeoutMs} ms`, { cause });
    }
    await sleep(everyMs);
  }
}

/** Real time: cluster suites wait for other people's processes. */
export function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
