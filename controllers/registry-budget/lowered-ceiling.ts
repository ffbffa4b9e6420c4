/** A registry that answered "too many requests": its ceiling was halved and rises again. All of it follows from when and from what. */
export interface LoweredCeiling {
  /** The ceiling right after it was lowered. */
  readonly low: number;
  /** Where it rises to. */
  readonly base: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/**
 * Half, as TCP does: from any number a few steps reach what a registry can bear. Not within 30 s after the last time: that is the longest
 * pause of a daemon between two attempts, so pulls that were started under the old ceiling still report until then.
 */
const SHARE = 0.5;
const HOLD_MS = 30_000;
/** Registries count requests by the second or the minute, so a minute shows whether a step was too much; ten of them lead back. */
const STEP_MS = 60_000;
const STEPS = 10;

/** What is known when a registry refuses. */
export interface Refused {
  /** The ceiling that an operator set; infinity when there is none. */
  readonly ceiling: number;
  /** Pulls that ran, with those that were refused; at least 1. */
  readonly inFlight: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** The lowered ceiling after a refusal; the one before when it is too young to say anything new. */
export function lower(
  before: LoweredCeiling | undefined,
  { ceiling, inFlight, atMs }: Refused,
): LoweredCeiling {
  if (before !== undefined && atMs < before.atMs + HOLD_MS) return before;
  const inForce = before === undefined ? ceiling : Math.min(ceiling, loweredTo(before, atMs));
  const low = Math.max(1, Math.floor(Math.min(inForce, inFlight) * SHARE));
  const base = Number.isFinite(ceiling) ? ceiling : Math.max(before?.base ?? 0, inFlight);
  return { low, base: Math.max(low, base), atMs };
}

/** Pulls at once that are left at `nowMs`; infinity when it is over. */
export function loweredTo({ low, base, atMs }: LoweredCeiling, nowMs: number): number {
  const steps = stepsAt(atMs, nowMs);
  if (steps >= STEPS) return Number.POSITIVE_INFINITY;
  return low + Math.floor(((base - low) * steps) / STEPS);
}

/** When it rises next, milliseconds since the epoch. */
export function nextStepMs({ atMs }: LoweredCeiling, nowMs: number): number {
  return atMs + (stepsAt(atMs, nowMs) + 1) * STEP_MS;
}

function stepsAt(atMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - atMs) / STEP_MS));
}
