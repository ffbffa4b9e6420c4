import type { TagPullPolicy } from '../api/node-image.ts';
import type { PullFailureReason } from '../api/pull-failure.ts';
import type { BackoffOptions } from '../runtime/backoff.ts';

/** Limits of one pull. */
export interface PullLimits {
  /** Of one attempt. */
  readonly timeoutMs: number;
  /** At least 1. */
  readonly attempts: number;
  /** Of all attempts and the pauses between them, from the start of the first; absent: none. */
  readonly deadlineMs?: number;
}

/** Why an attempt gave no image. */
export interface AttemptFailure {
  readonly reason: PullFailureReason;
  /** For people; without secrets. */
  readonly message: string;
  /** True when the attempt's own time was up, not the runtime's. */
  readonly timedOut: boolean;
}

/** What happens after a failure. */
export type NextStep = 'give-up' | 'retry-now' | 'retry-later' | 'wait-for-runtime';

/** The peer's pauses, with some jitter so that nodes of one job do not come back to a registry together. */
export const RETRY_BACKOFF: BackoffOptions = { baseMs: 1_000, maxMs: 30_000, jitter: 0.2 };

const DEFAULT_TIMEOUT_SECONDS = 600;
const DEFAULT_RETRIES = 3;

/** Failures that another attempt hardly mends → the attempts they are worth: one more confirms what a registry that just got the image, or a secret that was just renewed, may have made wrong. */
const HOPELESS: ReadonlyMap<PullFailureReason, number> = new Map([
  ['InvalidReference', 1],
  ['NotFound', 2],
  ['Unauthorized', 2],
]);

/** Outages in a row that cost no attempt. A runtime that is well and still answers "unavailable" must not be asked for ever. */
const FREE_OUTAGES = 10;

/** The limits in a policy. What is absent or makes no sense takes the peer's default. */
export function pullLimits(policy: TagPullPolicy = {}): PullLimits {
  const { timeoutSeconds = 0, backoffLimit = DEFAULT_RETRIES, activeDeadlineSeconds } = policy;
  return {
    timeoutMs: (timeoutSeconds > 0 ? timeoutSeconds : DEFAULT_TIMEOUT_SECONDS) * 1000,
    attempts: (backoffLimit >= 0 ? backoffLimit : DEFAULT_RETRIES) + 1,
    ...(activeDeadlineSeconds === undefined ? {} : { deadlineMs: activeDeadlineSeconds * 1000 }),
  };
}

/** Decides after attempt number `attempt` (1 is the first) failed, and after `outages` outages in a row. */
export function nextStep(
  failure: AttemptFailure,
  limits: PullLimits,
  { attempt, outages }: { readonly attempt: number; readonly outages: number },
): NextStep {
  if (failure.reason === 'RuntimeUnavailable' && outages <= FREE_OUTAGES) return 'wait-for-runtime';
  const worth = HOPELESS.get(failure.reason) ?? limits.attempts;
  if (attempt >= Math.min(worth, limits.attempts)) return 'give-up';
  return failure.timedOut ? 'retry-now' : 'retry-later';
}
