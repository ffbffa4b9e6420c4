import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SimulatedClock } from '../../runtime/simulated-clock.ts';

describe('SimulatedClock', () => {
  it('fires timers by time, those of the same time in the order in which they were set', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 })), async delays => {
        const clock = new SimulatedClock(0);
        const fired: { ms: number; i: number; at: number }[] = [];
        for (const [i, ms] of delays.entries()) {
          clock.after(ms, () => fired.push({ ms, i, at: clock.monotonicMs() }));
        }
        assert.equal(await clock.runUntil(() => false), false);
        const wanted = delays.map((ms, i) => ({ ms, i, at: ms }));
        assert.deepEqual(
          fired,
          wanted.sort((a, b) => a.ms - b.ms || a.i - b.i),
        );
      }),
    );
  });

  it('lets what a timer sets off come to rest before the next', async () => {
    const clock = new SimulatedClock(1_000);
    const seen: string[] = [];
    const work = async (): Promise<void> => {
      await clock.sleep(5);
      await Promise.resolve();
      seen.push(`slept until ${clock.now()}`);
    };
    void work();
    clock.after(6, () => seen.push('later'));
    await clock.runUntil(() => false);
    assert.deepEqual(seen, ['slept until 1005', 'later']);
  });

  it('leaves out what was cancelled, and stops when it is done', async () => {
    const clock = new SimulatedClock(0);
    let fired = 0;
    clock.after(5, () => fired++)();
    clock.after(10, () => fired++);
    clock.after(20, () => fired++);
    assert.equal(await clock.runUntil(() => fired === 1), true);
    assert.equal(clock.monotonicMs(), 10);
  });

  it('rejects with the reason of its signal', async () => {
    const clock = new SimulatedClock(0);
    const running = clock.runUntil(() => false, AbortSignal.abort(new Error('enough')));
    await assert.rejects(running, /enough/);
  });
});
