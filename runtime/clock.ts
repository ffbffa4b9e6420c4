import { onAbort } from './abort.ts';

/** Time as a dependency, so that tests can hold it still. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. For timestamps only. */
  now(): number;
  /** Monotonic milliseconds. For durations. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `callback` once after `ms`; the result cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** setTimeout takes longer waits for none at all. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** The clock of this machine. Waits of more than 24 days end after 24 days. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => sleepOn(systemClock, ms, signal),
  after: (ms, callback) => {
    const timer = setTimeout(callback, Math.min(ms, LONGEST_WAIT_MS));
    return () => clearTimeout(timer);
  },
};

/** {@link Clock.sleep} of any clock that has timers. */
export function sleepOn(
  clock: Pick<Clock, 'after'>,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      unlink();
      resolve();
    });
    const unlink = onAbort(signal, () => {
      cancel();
      reject(signal?.reason as Error);
    });
  });
}

/** RFC 3339 with seconds, as Kubernetes writes metav1.Time. */
export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
