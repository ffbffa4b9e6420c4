import { linkedAbort } from './abort.ts';
import { type Clock, systemClock } from './clock.ts';
import { HeadstartError } from './errors.ts';

/** A signal with a time limit. Dispose it when the work ends: `using deadline = withDeadline(…)`. */
export interface Deadline extends Disposable {
  /** Aborts with the outer signal's reason, or with `DEADLINE_EXCEEDED` after the limit. */
  readonly signal: AbortSignal;
  /** True once the limit, not the outer signal, has ended the work. */
  readonly expired: boolean;
}

/** Derives a signal that aborts with `signal`, or after `ms`. */
export function withDeadline(
  signal: AbortSignal | undefined,
  ms: number,
  clock: Clock = systemClock,
): Deadline {
  const linked = linkedAbort(signal);
  let expired = false;
  const cancel = clock.after(ms, () => {
    if (linked.signal.aborted) return;
    expired = true;
    linked.abort(
      new HeadstartError('DEADLINE_EXCEEDED', `no answer within ${ms} ms`, { retryable: true }),
    );
  });
  return {
    signal: linked.signal,
    get expired() {
      return expired;
    },
    [Symbol.dispose]: () => {
      cancel();
      linked[Symbol.dispose]();
    },
  };
}
