import assert from 'node:assert/strict';
import { requeueAfter } from '../../controllers/requeue.ts';

describe('requeueAfter', () => {
  it('waits for the first of several times', () => {
    assert.deepEqual(requeueAfter(500, 20, Number.POSITIVE_INFINITY), { requeueAfterMs: 20 });
  });

  it('does not ask again when nothing is to come', () => {
    assert.equal(requeueAfter(Number.POSITIVE_INFINITY), undefined);
  });

  it('looks once an hour at what is far away, as timers hold only 24 days', () => {
    assert.deepEqual(requeueAfter(90 * 24 * 3_600_000), { requeueAfterMs: 3_600_000 });
  });

  it('takes what is overdue at once', () => {
    assert.deepEqual(requeueAfter(-5), { requeueAfterMs: 0 });
  });
});
