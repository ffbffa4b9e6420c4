import type { ObjectKey } from '../api/meta.ts';

/** How a reconcile ended well. Throwing retries with backoff; a TerminalError is not retried; a 409 is requeued and is no failure. */
export interface ReconcileResult {
  /** Look again after this long. */
  readonly requeueAfterMs?: number;
}

/** Brings the world closer to what one object asks for. Idempotent; not found means done. */
export type Reconcile = (
  key: ObjectKey,
  signal: AbortSignal,
) => Promise<ReconcileResult | undefined>;

export interface ControllerOptions {
  /** Names the queue and its metrics. */
  readonly name: string;
  /** Keys reconciled at once. A key is never reconciled twice at once. */
  readonly workers: number;
}

/** A queue of keys and the workers that reconcile them. */
export interface Controller {
  readonly name: string;
  /** Asks for a reconcile of `key`, at once or after `delayMs`. Equal keys coalesce. */
  enqueue(key: ObjectKey, delayMs?: number): void;
  /** Reconciles until `signal` aborts, then waits for the workers to end. */
  run(signal: AbortSignal): Promise<void>;
}
