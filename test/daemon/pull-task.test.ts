import assert from 'node:assert/strict';
import { CriError } from '../../daemon/cri/cri-error.ts';
import { fails, hangs } from './fake-runtime.ts';
import { PullWorld } from './pull-world.ts';

describe('runPull', () => {
  let world: PullWorld;
  let { clock, runtime }: PullWorld = new PullWorld();
  beforeEach(() => {
    world = new PullWorld();
    ({ clock, runtime } = world);
  });
  const run: PullWorld['run'] = (...args) => world.run(...args);

  it('pulls what is absent', async () => {
    const { outcome, startedAtMs } = await run();
    assert.deepEqual(outcome, { kind: 'pulled', imageID: 'nginx@sha256:id' });
    assert.equal(startedAtMs, 0);
  });

  for (const imagePullPolicy of ['IfNotPresent', '' as 'IfNotPresent'] as const) {
    it(`does not pull what is there when the policy is '${imagePullPolicy}'`, async () => {
      runtime.present.set('nginx:1', 'sha256:there');
      const { outcome, startedAtMs } = await run({ imagePullPolicy });
      assert.deepEqual(outcome, { kind: 'present', imageID: 'nginx@sha256:there' });
      assert.equal(startedAtMs, undefined);
      assert.deepEqual(runtime.pulls, []);
    });
  }

  it('pulls what is there when the policy is Always', async () => {
    runtime.present.set('nginx:1', 'sha256:there');
    assert.equal((await run({ imagePullPolicy: 'Always' })).outcome?.kind, 'pulled');
  });

  it('finds what is there while all slots are taken', async () => {
    runtime.answer(hangs);
    const other = await run({}, 0);
    runtime.present.set('nginx:1', 'sha256:there');
    assert.equal((await run()).outcome?.kind, 'present');
    other.abort.abort();
    await clock.advance(0);
  });

  it('refuses a bad name at once, without asking the runtime', async () => {
    const running = await run({}, 0, 'UPPER');
    assert.equal(running.outcome?.kind, 'failed');
    assert.equal(running.outcome.reason, 'InvalidReference');
    assert.match(running.outcome.message, /image "UPPER:1" must be lower case/);
    assert.deepEqual(runtime.pulls, []);
  });

  describe('attempts', () => {
    it('come after 1, 2 and 4 seconds, and none after the last', async () => {
      runtime.answer(fails('PullFailed', 'connection refused'));
      const running = await run({}, 6_999);
      assert.equal(runtime.pulls.length, 3);
      assert.equal(running.hasEnded, false);
      await clock.advance(1);
      assert.equal(runtime.pulls.length, 4);
      assert.deepEqual(running.outcome, {
        kind: 'failed',
        reason: 'PullFailed',
        message: 'connection refused',
      });
      assert.equal(clock.pending, 0);
    });

    it('tell what went wrong while they go on', async () => {
      runtime.answer(fails('PullFailed', 'connection refused'), () => 'sha256:id');
      const { troubles, retries, outcome } = await run({ pullPolicy: { backoffLimit: 1 } }, 1_000);
      assert.deepEqual(retries, ['PullFailed']);
      assert.deepEqual(troubles, [
        { reason: 'PullFailed', message: 'attempt 1 of 2 failed: connection refused' },
      ]);
      assert.equal(outcome?.kind, 'pulled');
    });

    it('are cut at the timeout and follow each other without a pause', async () => {
      runtime.answer(hangs);
      const pullPolicy = { timeoutSeconds: 5, backoffLimit: 1 };
      const running = await run({ pullPolicy }, 5_000);
      assert.equal(runtime.pulls.length, 2);
      await clock.advance(5_000);
      assert.deepEqual(running.outcome, {
        kind: 'failed',
        reason: 'Timeout',
        message: 'pulling nginx:1 took longer than 5 s',
      });
      assert.equal(runtime.running, 0);
    });

    it('free their slot during a pause', async () => {
      runtime.answer(fails('PullFailed', 'connection refused'), () => 'sha256:id');
      const first = await run();
      const second = await run();
      assert.equal(second.outcome?.kind, 'pulled');
      await clock.advance(1_000);
      assert.equal(first.outcome?.kind, 'pulled');
      assert.equal(runtime.mostRunning, 1);
    });

    it('end early when the image does not exist', async () => {
      runtime.answer(fails('NotFound', 'nginx:1: not found'));
      const { outcome } = await run({}, 1_000);
      assert.equal(runtime.pulls.length, 2);
      assert.deepEqual(outcome, {
        kind: 'failed',
        reason: 'NotFound',
        message: 'nginx:1: not found',
      });
    });
  });

  describe('a registry that asks for patience', () => {
    const tooMany = fails(
      'RateLimited',
      '429 Too Many Requests: toomanyrequests: retry-after: 40s',
    );

    it('gets as much as it asks for', async () => {
      runtime.answer(tooMany, () => 'sha256:id');
      const running = await run({}, 39_999);
      assert.equal(runtime.pulls.length, 1);
      await clock.advance(1);
      assert.equal(running.outcome?.kind, 'pulled');
    });

    it('gets it from the other pulls of the node, too, and from pulls of other registries not', async () => {
      runtime.answer(tooMany, () => 'sha256:id');
      await run();
      const same = await run({}, 0, 'redis');
      const another = await run({}, 0, 'quay.io/team/app');
      assert.deepEqual([same.hasEnded, another.hasEnded], [false, true]);
      await clock.advance(40_000);
      assert.equal(same.outcome?.kind, 'pulled');
    });
  });

  describe('a disk that is too full', () => {
    it('is waited for without an attempt, and said', async () => {
      world.diskProblem = 'the image file system is 91 % full';
      const running = await run({ pullPolicy: { backoffLimit: 0 } }, 60_000);
      assert.deepEqual(runtime.pulls, []);
      assert.equal(running.startedAtMs, undefined);
      assert.deepEqual(running.troubles[0], {
        reason: 'InsufficientDisk',
        message: 'the image file system is 91 % full',
      });
      world.diskProblem = undefined;
      await clock.advance(15_000);
      assert.equal(running.outcome?.kind, 'pulled');
    });

    it('fails a pull when it stays so', async () => {
      world.diskProblem = 'the image file system is 91 % full';
      const { outcome } = await run({}, 900_000);
      assert.deepEqual(outcome, {
        kind: 'failed',
        reason: 'InsufficientDisk',
        message: 'the image file system is 91 % full',
      });
      assert.deepEqual(runtime.pulls, []);
      assert.equal(clock.pending, 0);
    });

    it('is no matter for what is there', async () => {
      world.diskProblem = 'the image file system is 91 % full';
      runtime.present.set('nginx:1', 'sha256:there');
      assert.equal((await run()).outcome?.kind, 'present');
    });
  });

  describe('the deadline', () => {
    const pullPolicy = { activeDeadlineSeconds: 10 };

    it('ends a running attempt', async () => {
      runtime.answer(hangs);
      const { outcome } = await run({ pullPolicy }, 10_000);
      assert.deepEqual(outcome, {
        kind: 'failed',
        reason: 'DeadlineExceeded',
        message: 'pulling exceeds the activeDeadlineSeconds',
      });
    });

    it('ends a pause and tells the last failure', async () => {
      runtime.answer(fails('PullFailed', 'connection refused'));
      const { outcome } = await run({ pullPolicy: { ...pullPolicy, backoffLimit: 9 } }, 10_000);
      assert.equal(outcome?.kind, 'failed');
      assert.equal(
        outcome.message,
        'pulling exceeds the activeDeadlineSeconds; last: connection refused',
      );
      assert.equal(clock.pending, 0);
    });

    it('does not count the time in the queue', async () => {
      runtime.answer(hangs);
      const other = await run();
      runtime.answer(() => 'sha256:id');
      const queued = await run({ pullPolicy }, 60_000);
      other.abort.abort();
      await clock.advance(0);
      assert.equal(queued.outcome?.kind, 'pulled');
    });
  });

  describe('a stop', () => {
    it('cancels the running attempt', async () => {
      runtime.answer(hangs);
      const running = await run();
      running.abort.abort();
      await clock.advance(0);
      assert.deepEqual(running.outcome, { kind: 'stopped' });
      assert.equal(runtime.running, 0);
      assert.equal(clock.pending, 0);
    });

    it('ends a pause', async () => {
      runtime.answer(fails('PullFailed', 'connection refused'));
      const running = await run();
      running.abort.abort();
      await clock.advance(0);
      assert.deepEqual(running.outcome, { kind: 'stopped' });
      assert.equal(clock.pending, 0);
    });

    it('takes a queued pull out of the queue, so that it never calls the runtime', async () => {
      runtime.answer(hangs);
      const first = await run();
      const queued = await run();
      queued.abort.abort();
      first.abort.abort();
      await clock.advance(0);
      assert.deepEqual(queued.outcome, { kind: 'stopped' });
      assert.equal(runtime.pulls.length, 1);
    });
  });

  describe('without a runtime', () => {
    it('waits and says so, without using an attempt', async () => {
      runtime.lose('no socket at /run/x.sock');
      const running = await run({ pullPolicy: { backoffLimit: 0 } }, 600_000);
      assert.deepEqual(running.troubles, [
        { reason: 'RuntimeUnavailable', message: 'no socket at /run/x.sock' },
      ]);
      runtime.find();
      await clock.advance(0);
      assert.equal(running.outcome?.kind, 'pulled');
    });

    it('begins again when the runtime dies in the middle, without using an attempt', async () => {
      runtime.answer(
        () => {
          runtime.lose('connection dropped');
          return fails('RuntimeUnavailable', 'connection dropped')({} as never, undefined as never);
        },
        () => 'sha256:id',
      );
      const running = await run({ pullPolicy: { backoffLimit: 0 } }, 60_000);
      assert.equal(running.hasEnded, false);
      runtime.find();
      await clock.advance(0);
      assert.equal(running.outcome?.kind, 'pulled');
    });

    it('takes a timeout of a runtime that hangs for an outage', async () => {
      runtime.answer(hangs, () => 'sha256:id');
      runtime.version = async () => {
        throw new CriError('Timeout', 'the container runtime gave no answer within 3 s');
      };
      const running = await run({ pullPolicy: { timeoutSeconds: 5, backoffLimit: 0 } }, 60_000);
      assert.equal(running.outcome?.kind, 'pulled');
    });

    it('does not go on for ever with a runtime that is well and says it is away', async () => {
      runtime.answer(fails('RuntimeUnavailable', 'try later'));
      const running = await run({ pullPolicy: { backoffLimit: 0 } }, 600_000);
      assert.equal(running.outcome?.kind, 'failed');
      assert.equal(running.outcome.reason, 'RuntimeUnavailable');
    });
  });

  it('reads credentials anew after a refusal, once', async () => {
    runtime.answer(fails('Unauthorized', '401'));
    const { outcome } = await run({}, 60_000);
    assert.deepEqual(
      world.asked.map(({ fresh }) => fresh),
      [false, true],
    );
    assert.equal(outcome?.kind, 'failed');
    assert.equal(outcome.reason, 'Unauthorized');
  });
});
