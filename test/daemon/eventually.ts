import assert from 'node:assert/strict';
import type { FakeClock } from '../support/fake-clock.ts';

/** How often the event loop may turn before what is awaited counts as never coming: seconds of real time. */
const MAX_TURNS = 50_000;
/** A deadline of 3 s is some thirty round trips. */
const STEP_MS = 100;
const MAX_PASS_MS = 200_000;

/** Waits for real sockets, while the clock stands still, until `condition` gives a value, and returns that. */
export async function eventually<T>(
  what: string,
  condition: () => T | undefined | false,
): Promise<T> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    await new Promise(resolve => setImmediate(resolve));
  }
  return assert.fail(`waited for ever: ${what}`);
}

/** Lets time pass in small steps, with room for real sockets in between. */
export async function passTime(clock: FakeClock, ms: number): Promise<void> {
  const end = clock.monotonicMs() + ms;
  while (clock.monotonicMs() < end) {
    await clock.advance(Math.min(STEP_MS, end - clock.monotonicMs()));
    await new Promise(resolve => setTimeout(resolve, 1));
  }
}

/** Lets time pass as {@link passTime} does, until `condition` gives a value, and returns that. */
export async function passTimeUntil<T>(
  clock: FakeClock,
  what: string,
  condition: () => T | undefined | false,
): Promise<T> {
  const end = clock.monotonicMs() + MAX_PASS_MS;
  while (clock.monotonicMs() < end) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    await passTime(clock, STEP_MS);
  }
  return assert.fail(`never came: ${what}`);
}
