import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { backoffMs } from '../../runtime/backoff.ts';

const options = { baseMs: 100, maxMs: 1_000, jitter: 0.5 };

describe('backoffMs', () => {
  it('doubles up to its limit', () => {
    const waits = [0, 1, 2, 3, 4, 5000].map(attempt => backoffMs(attempt, options, () => 0));
    assert.deepEqual(waits, [100, 200, 400, 800, 1_000, 1_000]);
  });

  it('lies between the whole wait and what the jitter leaves of it', () => {
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const full = backoffMs(attempt, options, () => 0);
          const wait = backoffMs(attempt, options, () => random);
          assert.ok(wait <= full && wait >= full / 2);
        },
      ),
    );
  });
});
