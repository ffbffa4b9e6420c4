import assert from 'node:assert/strict';
import { FakeClock } from './fake-clock.ts';

describe('FakeClock', () => {
  it('fires timers in order of their time, then of their making', async () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    clock.after(20, () => fired.push('late'));
    clock.after(10, () => fired.push('first'));
    clock.after(10, () => fired.push('second'));
    await clock.advance(20);
    assert.deepEqual(fired, ['first', 'second', 'late']);
    assert.equal(clock.pending, 0);
  });

  it('rejects a sleep whose signal aborts and forgets its timer', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(1000, abort.signal);
    abort.abort(new Error('stopped'));
    await assert.rejects(sleeping, /stopped/);
    assert.equal(clock.pending, 0);
  });
});
