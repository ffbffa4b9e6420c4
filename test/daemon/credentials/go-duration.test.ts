import assert from 'node:assert/strict';
import { goDurationMs } from '../../../daemon/credentials/go-duration.ts';

describe('goDurationMs', () => {
  const durations: [text: string, ms: number][] = [
    ['0', 0],
    ['0s', 0],
    ['12h', 43_200_000],
    ['12h0m0s', 43_200_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['2us', 0.002],
    ['2µs', 0.002],
    ['250ms', 250],
    ['-1m', -60_000],
    ['+1m', 60_000],
  ];
  for (const [text, ms] of durations) {
    it(`reads ${text}`, () => assert.equal(goDurationMs(text), ms));
  }

  for (const text of ['', '12', '12 h', 'h', '1d', '1h-2m', '1e3s', '.s', '99999999999999h']) {
    it(`does not read '${text}'`, () => assert.equal(goDurationMs(text), undefined));
  }
});
