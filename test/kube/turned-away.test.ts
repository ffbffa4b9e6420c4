import assert from 'node:assert/strict';
import { KubeError } from '../../kube/kube-error.ts';
import { turnedAwayMs } from '../../kube/turned-away.ts';

describe('turnedAwayMs', () => {
  const failure = (status: number, retryAfterMs?: number): KubeError =>
    new KubeError('no', { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });

  for (const { what, error, expected } of [
    { what: 'an overloaded server', error: failure(429, 2_000), expected: 2_000 },
    { what: 'a server that closes', error: failure(503, 1_000), expected: 1_000 },
    { what: 'a server that names no time', error: failure(429), expected: undefined },
    { what: 'a write that may have been made', error: failure(504, 1_000), expected: undefined },
    { what: 'a failure of another kind', error: new Error('no'), expected: undefined },
  ]) {
    it(`waits ${expected ?? 'for nothing'} after ${what}`, () => {
      assert.equal(
        turnedAwayMs(error, () => 0),
        expected,
      );
    });
  }

  it('adds up to a half at random', () => {
    assert.equal(
      turnedAwayMs(failure(429, 2_000), () => 1),
      3_000,
    );
  });
});
