import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  lower,
  loweredTo,
  nextStepMs,
} from '../../../controllers/registry-budget/lowered-ceiling.ts';

const MINUTE_MS = 60_000;
const UNLIMITED = Number.POSITIVE_INFINITY;

describe('a lowered ceiling', () => {
  it('is half of the pulls that ran, without a ceiling before', () => {
    const lowered = lower(undefined, { ceiling: UNLIMITED, inFlight: 40, atMs: 0 });
    assert.equal(loweredTo(lowered, 0), 20);
  });

  it('is half of the ceiling, when more ran than that', () => {
    const lowered = lower(undefined, { ceiling: 10, inFlight: 40, atMs: 0 });
    assert.equal(loweredTo(lowered, 0), 5);
  });

  it('leaves one pull', () => {
    const lowered = lower(undefined, { ceiling: UNLIMITED, inFlight: 1, atMs: 0 });
    assert.equal(loweredTo(lowered, 0), 1);
  });

  it('rises every minute and is over after ten', () => {
    const lowered = lower(undefined, { ceiling: 100, inFlight: 100, atMs: 0 });
    const at = (minutes: number) => loweredTo(lowered, minutes * MINUTE_MS);
    assert.deepEqual([0, 0.9, 1, 2, 9].map(at), [50, 50, 55, 60, 95]);
    assert.equal(at(10), UNLIMITED);
  });

  it('hears no more refusals for half a minute: they come from pulls that were under way', () => {
    const first = lower(undefined, { ceiling: 100, inFlight: 100, atMs: 0 });
    assert.equal(lower(first, { ceiling: 100, inFlight: 80, atMs: 29_999 }), first);
    const second = lower(first, { ceiling: 100, inFlight: 50, atMs: 30_000 });
    assert.equal(loweredTo(second, 30_000), 25);
  });

  it('rises back to what ran when it was first lowered', () => {
    const first = lower(undefined, { ceiling: UNLIMITED, inFlight: 100, atMs: 0 });
    const second = lower(first, { ceiling: UNLIMITED, inFlight: 50, atMs: MINUTE_MS });
    assert.equal(loweredTo(second, MINUTE_MS), 25);
    assert.equal(loweredTo(second, 6 * MINUTE_MS), 62);
  });

  const refused = fc.record({
    ceiling: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.constant(UNLIMITED)),
    inFlight: fc.integer({ min: 1, max: 500 }),
    afterMs: fc.nat(20 * MINUTE_MS),
  });

  it('is at least 1, at most what held before it, and only rises until it is over', () => {
    fc.assert(
      fc.property(fc.array(refused, { minLength: 1, maxLength: 10 }), refusals => {
        let lowered = undefined as ReturnType<typeof lower> | undefined;
        let atMs = 0;
        for (const { ceiling, inFlight, afterMs } of refusals) {
          atMs += afterMs;
          const held = lowered === undefined ? ceiling : loweredTo(lowered, atMs);
          lowered = lower(lowered, { ceiling, inFlight, atMs });
          const limit = loweredTo(lowered, atMs);
          assert.ok(limit >= 1);
          assert.ok(limit <= Math.max(1, held));
        }
        if (lowered === undefined) return;
        let limit = loweredTo(lowered, atMs);
        while (limit !== UNLIMITED) {
          atMs = nextStepMs(lowered, atMs);
          const next = loweredTo(lowered, atMs);
          assert.ok(next >= limit);
          limit = next;
        }
        assert.equal(atMs, lowered.atMs + 10 * MINUTE_MS);
      }),
    );
  });
});
