import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Claimant, fairShares } from '../../../controllers/registry-budget/fair-shares.ts';

const claimant = (held: number, want: number, sinceMs = 0, key = ''): Claimant => ({
  held,
  want,
  sinceMs,
  key,
});
const shares = (free: number, claimants: readonly Claimant[]): number[] => {
  const shared = fairShares(free, claimants);
  return claimants.map(each => shared.get(each) ?? 0);
};

describe('fairShares', () => {
  const cases = [
    { name: 'gives all to one', free: 5, of: [claimant(0, 9)], get: [5] },
    { name: 'gives no more than is wanted', free: 5, of: [claimant(0, 2)], get: [2] },
    { name: 'splits evenly', free: 4, of: [claimant(0, 9), claimant(0, 9)], get: [2, 2] },
    {
      name: 'gives what does not divide to the older',
      free: 3,
      of: [claimant(0, 9, 2), claimant(0, 9, 1)],
      get: [1, 2],
    },
    {
      name: 'counts what is held: a small job comes before one with 5,000 nodes',
      free: 1,
      of: [claimant(499, 4_500, 1), claimant(0, 3, 2)],
      get: [0, 1],
    },
    {
      name: 'hands on what a small one does not want',
      free: 9,
      of: [claimant(0, 1), claimant(0, 9), claimant(0, 9)],
      get: [1, 4, 4],
    },
    { name: 'gives nothing when nothing is free', free: 0, of: [claimant(0, 9)], get: [0] },
    {
      name: 'gives all that is wanted without a ceiling',
      free: Number.POSITIVE_INFINITY,
      of: [claimant(7, 64), claimant(0, 3)],
      get: [64, 3],
    },
  ];
  for (const { name, free, of, get } of cases) {
    it(name, () => assert.deepEqual(shares(free, of), get));
  }

  it('is the same whoever asks, also between jobs of one second', () => {
    const [a, b] = [claimant(0, 9, 1, 'a'), claimant(0, 9, 1, 'b')];
    assert.equal(fairShares(1, [a, b]).get(a), 1);
    assert.equal(fairShares(1, [b, a]).get(a), 1);
  });

  const any = fc.record({
    held: fc.nat(20),
    want: fc.nat(20),
    sinceMs: fc.nat(5),
    key: fc.string({ minLength: 1, maxLength: 2 }),
  });

  it('never gives more than is free or wanted, and leaves nothing idle that somebody wants', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.array(any, { maxLength: 8 }), (free, claimants) => {
        const given = shares(free, claimants);
        const total = given.reduce((sum, each) => sum + each, 0);
        const wanted = claimants.reduce((sum, { want }) => sum + want, 0);
        assert.equal(total, Math.min(free, wanted));
        claimants.forEach(({ want }, index) => {
          const share = given[index] ?? 0;
          assert.ok(share >= 0 && share <= want);
        });
      }),
    );
  });

  it('is max-min fair: who got some has at most one more than anybody who still wants', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.array(any, { maxLength: 8 }), (free, claimants) => {
        const given = shares(free, claimants);
        const has = claimants.map(({ held }, index) => held + (given[index] ?? 0));
        claimants.forEach((hungry, index) => {
          if ((given[index] ?? 0) === hungry.want) return;
          claimants.forEach((other, position) => {
            if (given[position] === 0) return;
            const more = (has[position] ?? 0) - (has[index] ?? 0);
            assert.ok(more <= 1);
            if (more === 1) assert.ok(other.sinceMs <= hungry.sinceMs);
          });
        });
      }),
    );
  });
});
