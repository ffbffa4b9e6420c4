import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parallelLimit } from '../../api/parallelism.ts';

describe('parallelLimit', () => {
  for (const [name, value, targets, limit] of [
    ['is 1 when nothing is said', undefined, 100, 1],
    ['takes a number as it is', 7, 3, 7],
    ['takes a numeric string as a number', '5', 100, 5],
    ['pauses at 0', 0, 100, 0],
    ['pauses at "0"', '0', 100, 0],
    ['pauses at 0%', '0%', 100, 0],
    ['rounds a percentage up', '10%', 11, 2],
    ['is at least 1 for a percentage of few targets', '1%', 3, 1],
    ['is at least 1 for a percentage of no targets', '50%', 0, 1],
    ['takes all targets at 100%', '100%', 11, 11],
    ['pauses on a negative value that slipped through', -1, 10, 0],
    ['pauses on a value that nobody can read', 'abc', 10, 0],
  ] as const) {
    it(name, () => {
      assert.equal(parallelLimit(value, targets), limit);
    });
  }

  it('never exceeds the targets by a percentage, and never stalls on one above 0%', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(10_000), (percent, targets) => {
        const limit = parallelLimit(`${percent}%`, targets);
        assert.ok(limit >= 1 && limit <= Math.max(1, targets));
      }),
    );
  });
});
