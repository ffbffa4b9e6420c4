import assert from 'node:assert/strict';
import type { EndedPull } from '../../daemon/pull-events.ts';
import { PullScheduler } from '../../daemon/pull-scheduler.ts';
import { PullSlots } from '../../daemon/pull-slots.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { defer } from '../support/defer.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { FakeRuntime, hangs } from './fake-runtime.ts';
import { finished, nodeImage, statusWith, tagSpec } from './node-images.ts';

describe('PullScheduler', () => {
  let clock: FakeClock;
  let runtime: FakeRuntime;
  let log: RecordingLogger;
  let ended: EndedPull[];
  let scheduler: PullScheduler;
  beforeEach(() => {
    clock = new FakeClock();
    runtime = new FakeRuntime();
    log = new RecordingLogger();
    ended = [];
    scheduler = new PullScheduler(
      {
        runtime,
        clock,
        log,
        random: () => 0,
        credentials: async () => ({ credentials: [], problems: [] }),
        slots: new PullSlots({ limit: 3 }, { clock, metrics: noMetrics }),
        imageFs: { problem: async () => undefined },
      },
      { onProgress: () => {}, onRetry: () => {}, onEnd: end => void ended.push(end) },
    );
  });

  const wanted = nodeImage({ nginx: [tagSpec('1', { imagePullPolicy: 'Always' })] });

  it('keeps a result until the NodeImage holds it', async () => {
    scheduler.apply(wanted);
    await clock.advance(0);
    scheduler.apply(wanted);
    await clock.advance(0);
    assert.equal(runtime.pulls.length, 1);
    assert.equal(scheduler.statusOf('nginx', '1', 0)?.phase, 'Succeeded');
    scheduler.apply({ ...wanted, status: statusWith({ nginx: [finished('1')] }) });
    assert.equal(scheduler.statusOf('nginx', '1', 0), undefined);
  });

  it('knows nothing about another version of a tag', async () => {
    scheduler.apply(wanted);
    assert.equal(scheduler.statusOf('nginx', '1', 1), undefined);
    await scheduler.close();
  });

  it('tells how long a pull took from its first attempt', async () => {
    runtime.lose('away');
    scheduler.apply(wanted);
    await clock.advance(60_000);
    runtime.answer(async () => {
      await clock.sleep(1_500);
      return 'sha256:id';
    });
    runtime.find();
    await clock.advance(1_500);
    assert.equal(ended[0]?.elapsedMs, 1_500);
    const { startTime, completionTime } = scheduler.statusOf('nginx', '1', 0) ?? {};
    assert.deepEqual([startTime, completionTime], ['2026-01-01T00:01:00Z', '2026-01-01T00:01:01Z']);
  });

  it('says nothing of a pull whose result came too late', async () => {
    const answer = defer<string>();
    runtime.answer(() => answer.promise);
    scheduler.apply(wanted);
    await clock.advance(0);
    scheduler.apply(nodeImage({}));
    answer.resolve('sha256:id');
    await clock.advance(0);
    assert.deepEqual(ended, []);
  });

  it('ends a pull that meets a bug, and logs it', async () => {
    runtime.answer(() => {
      throw new TypeError('undefined is not a function');
    });
    scheduler.apply(wanted);
    await clock.advance(0);
    const { phase, reason, message } = scheduler.statusOf('nginx', '1', 0) ?? {};
    assert.deepEqual(
      { phase, reason, message },
      { phase: 'Failed', reason: 'PullFailed', message: 'internal error' },
    );
    assert.equal(log.at('error').length, 1);
  });

  it('stops everything when it closes, and starts nothing more', async () => {
    runtime.answer(hangs);
    scheduler.apply(wanted);
    await clock.advance(0);
    assert.equal(runtime.running, 1);
    await scheduler.close();
    assert.equal(runtime.running, 0);
    scheduler.apply(nodeImage({ redis: [tagSpec('7')] }));
    await clock.advance(0);
    assert.equal(runtime.pulls.length, 1);
    assert.deepEqual(ended, []);
  });
});
