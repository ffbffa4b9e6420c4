import assert from 'node:assert/strict';
import { isAbort, linkedAbort, onAbort, untilAborted } from '../../runtime/abort.ts';
import { systemClock } from '../../runtime/clock.ts';
import { withDeadline } from '../../runtime/deadline.ts';
import { hasCode } from '../../runtime/errors.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('withDeadline', () => {
  it('aborts after its time, and says that it was the time', async () => {
    const clock = new FakeClock();
    using deadline = withDeadline(undefined, 100, clock);
    await clock.advance(99);
    assert.equal(deadline.signal.aborted, false);
    await clock.advance(1);
    assert.equal(deadline.expired, true);
    assert.ok(hasCode(deadline.signal.reason, 'DEADLINE_EXCEEDED'));
    assert.ok(deadline.signal.reason.retryable);
  });

  it('aborts with the outer signal, and says that it was not the time', async () => {
    const clock = new FakeClock();
    const outer = new AbortController();
    using deadline = withDeadline(outer.signal, 100, clock);
    const reason = new Error('enough');
    outer.abort(reason);
    await clock.advance(200);
    assert.equal(deadline.signal.reason, reason);
    assert.equal(deadline.expired, false);
  });

  it('leaves no timer and no listener behind', () => {
    const clock = new FakeClock();
    const outer = new AbortController();
    const deadline = withDeadline(outer.signal, 100, clock);
    deadline[Symbol.dispose]();
    assert.equal(clock.pending, 0);
    outer.abort();
    assert.equal(deadline.signal.aborted, false);
  });
});

describe('onAbort', () => {
  it('calls at once when the signal has aborted', () => {
    let calls = 0;
    onAbort(AbortSignal.abort(), () => calls++);
    onAbort(undefined, () => calls++);
    assert.equal(calls, 1);
  });

  it('does not call when it was taken back', () => {
    let calls = 0;
    const controller = new AbortController();
    onAbort(controller.signal, () => calls++)();
    controller.abort();
    assert.equal(calls, 0);
  });
});

describe('untilAborted', () => {
  it('settles as the work does', async () => {
    const { signal } = new AbortController();
    assert.equal(await untilAborted(Promise.resolve(1), signal), 1);
    assert.equal(await untilAborted(Promise.resolve(2), undefined), 2);
    await assert.rejects(untilAborted(Promise.reject(new Error('broken')), signal), /broken/);
  });

  it('rejects with the reason of its signal while the work goes on', async () => {
    const controller = new AbortController();
    const waiting = untilAborted(new Promise(() => {}), controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
  });
});

describe('isAbort', () => {
  it('knows the reason of a signal and plain AbortErrors, and nothing else', () => {
    const linked = linkedAbort();
    const reason = new Error('enough');
    assert.equal(isAbort(reason, linked.signal), false);
    linked.abort(reason);
    assert.equal(isAbort(reason, linked.signal), true);
    assert.equal(isAbort(new Error('enough'), linked.signal), false);
    assert.equal(isAbort(AbortSignal.abort().reason), true);
    assert.equal(isAbort('AbortError'), false);
  });
});

describe('systemClock', () => {
  it('sleeps, and wakes when its signal aborts', async () => {
    await systemClock.sleep(1);
    const stop = new AbortController();
    const sleeping = systemClock.sleep(60_000, stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(sleeping, /enough/);
    await assert.rejects(systemClock.sleep(60_000, stop.signal), /enough/);
  });

  it('does not take a wait of months for none', async () => {
    let fired = false;
    const cancel = systemClock.after(2 ** 40, () => {
      fired = true;
    });
    await systemClock.sleep(5);
    cancel();
    assert.equal(fired, false);
  });
});
