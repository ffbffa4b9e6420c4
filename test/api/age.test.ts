import assert from 'node:assert/strict';
import { age, duration } from '../../api/age.ts';

const [S, M, H, D] = [1000, 60_000, 3_600_000, 86_400_000];

describe('ages', () => {
  // The cases of HumanDuration in apimachinery.
  const cases: readonly (readonly [number, string])[] = [
    [0, '0s'],
    [S, '1s'],
    [70 * S, '70s'],
    [119 * S, '119s'],
    [2 * M, '2m'],
    [2 * M + 5 * S, '2m5s'],
    [10 * M + 5 * S, '10m'],
    [2 * H + 59 * M, '179m'],
    [3 * H, '3h'],
    [3 * H + 20 * M, '3h20m'],
    [8 * H + 20 * M, '8h'],
    [47 * H, '47h'],
    [2 * D, '2d'],
    [2 * D + 5 * H, '2d5h'],
    [8 * D + 5 * H, '8d'],
    [729 * D, '729d'],
    [2 * 365 * D, '2y'],
    [(2 * 365 + 40) * D, '2y40d'],
    [9 * 365 * D + 40 * D, '9y'],
    [-5 * S, '0s'],
  ];
  for (const [ms, text] of cases) {
    it(`write ${ms} ms as ${text}, as kubectl does`, () => assert.equal(duration(ms), text));
  }

  it('are unknown without a time', () => {
    assert.equal(age(undefined, 0), '<unknown>');
    assert.equal(age('1970-01-01T00:00:00Z', 3 * S), '3s');
  });
});
