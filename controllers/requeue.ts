import type { ReconcileResult } from '../kube/controller.ts';

/** A timer may not wait longer than 24 days (int32 milliseconds); looking once an hour costs nothing. */
const MAX_WAIT_MS = 60 * 60_000;

/** Asks to look again when the first of `waitsMs` is over; infinite ones don't count. */
export function requeueAfter(...waitsMs: readonly number[]): ReconcileResult | undefined {
  const waitMs = Math.min(...waitsMs);
  if (waitMs === Number.POSITIVE_INFINITY) return undefined;
  return { requeueAfterMs: Math.min(Math.max(0, waitMs), MAX_WAIT_MS) };
}
