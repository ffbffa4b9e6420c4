import type { TagPullPolicy } from '../api/node-image.ts';
import type { PullFailureReason } from '../api/pull-failure.ts';
import { type BackoffOptions, backoffMs } from '../runtime/backoff.ts';
import { retryAfterMs } from './retry-after.ts';

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
export type NextStep =
  | 'give-up'
  | 'retry-now'
  | 'retry-later'
  | 'wait-for-runtime'
  | 'wait-for-disk';

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

/** Looks at a disk that is too full, one every 15 s or less: kubelet removes images every 5 minutes, so these are two of its rounds. */
const DISK_LOOKS = 60;

/** The peer's pauses. Half of each is random, so that nodes which failed together do not come back to a registry together. */
const USUAL_PAUSE: BackoffOptions = { baseMs: 1_000, maxMs: 30_000, jitter: 0.5 };

/** Failures that need another pause than most. */
const PAUSES: ReadonlyMap<PullFailureReason, BackoffOptions> = new Map([
  // Quotas are counted by the minute or longer.
  ['RateLimited', { baseMs: 10_000, maxMs: 120_000, jitter: 0.5 }],
  // kubelet needs a while to make room.
  ['DiskFull', { baseMs: 20_000, maxMs: 120_000, jitter: 0.5 }],
  ['InsufficientDisk', { baseMs: 15_000, maxMs: 15_000, jitter: 0.5 }],
]);

/** A registry that asks for more is asked once more after this: pulls must end. */
const LONGEST_PAUSE_MS = 300_000;
/** Share of what a registry asks for that is added at random, for the same reason as above. */
const LATENESS = 0.2;

/** The limits in a policy. What is absent or makes no sense takes the peer's default. */
export function pullLimits(policy: TagPullPolicy = {}): PullLimits {
  const { timeoutSeconds = 0, backoffLimit = DEFAULT_RETRIES, activeDeadlineSeconds } = policy;
  return {
    timeoutMs: (timeoutSeconds > 0 ? timeoutSeconds : DEFAULT_TIMEOUT_SECONDS) * 1000,
    attempts: (backoffLimit >= 0 ? backoffLimit : DEFAULT_RETRIES) + 1,
    ...(activeDeadlineSeconds === undefined ? {} : { deadlineMs: activeDeadlineSeconds * 1000 }),
  };
}

/** Decides after attempt number `attempt` (1 is the first) failed, and after `outages` in a row that kept it from beginning. */
export function nextStep(
  failure: AttemptFailure,
  limits: PullLimits,
  { attempt, outages }: { readonly attempt: number; readonly outages: number },
): NextStep {
  const { reason, timedOut } = failure;
  if (reason === 'InsufficientDisk') return outages < DISK_LOOKS ? 'wait-for-disk' : 'give-up';
  if (reason === 'RuntimeUnavailable' && outages <= FREE_OUTAGES) return 'wait-for-runtime';
  const worth = HOPELESS.get(reason) ?? limits.attempts;
  if (attempt >= Math.min(worth, limits.attempts)) return 'give-up';
  return timedOut ? 'retry-now' : 'retry-later';
}

/** Milliseconds before retry number `retry` (1 is the first); never less than the registry asks for, up to 5 minutes. */
export function pauseMs(
  { reason, message }: Pick<AttemptFailure, 'reason' | 'message'>,
  retry: number,
  random: () => number,
): number {
  const usualMs = backoffMs(retry - 1, PAUSES.get(reason) ?? USUAL_PAUSE, random);
  const askedMs = reason === 'RateLimited' ? (retryAfterMs(message) ?? 0) : 0;
  return Math.max(usualMs, Math.min(LONGEST_PAUSE_MS, askedMs) * (1 + LATENESS * random()));
}
