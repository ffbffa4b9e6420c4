import { setMaxListeners } from 'node:events';

/** True when `error` is what an aborted call rejects with: the reason of `signal`, or a plain AbortError. */
export function isAbort(error: unknown, signal?: AbortSignal): boolean {
  if (signal?.aborted === true && error === signal.reason) return true;
  return error instanceof Error && error.name === 'AbortError';
}

/** Calls `listener` once when `signal` aborts, at once if it has; the result takes the listener away. */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    listener();
    return () => {};
  }
  // Everything a process does may listen to the signal that ends it; node takes more than ten for a leak.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** A controller that aborts with `signal`. Dispose it when the work ends, or its listener stays on `signal`. */
export interface LinkedAbort extends Disposable {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

/** Makes a controller of its own for work that ends with `signal` at the latest. */
export function linkedAbort(signal?: AbortSignal): LinkedAbort {
  const controller = new AbortController();
  const unlink = onAbort(signal, () => controller.abort(signal?.reason));
  return {
    signal: controller.signal,
    abort: reason => controller.abort(reason),
    [Symbol.dispose]: unlink,
  };
}

/** Rejects with the signal's reason when it aborts; until then it waits. */
export function aborted(signal: AbortSignal): Promise<never> {
  return untilAborted(new Promise<never>(() => {}), signal);
}

/** Settles as `work` does, or rejects with the signal's reason when it aborts first. `work` itself goes on. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const unlink = onAbort(signal, () => reject(signal.reason as Error));
    work.then(resolve, reject).finally(unlink);
  });
}
