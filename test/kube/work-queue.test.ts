import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { WorkQueue } from '../../kube/work-queue.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { QueueModel } from './queue-model.ts';

const never = new AbortController().signal;

function makeQueue(random = (): number => 0) {
  const clock = new FakeClock();
  const queue = new WorkQueue({ name: 'test' }, { clock, metrics: noMetrics, random });
  return { clock, queue };
}

describe('WorkQueue', () => {
  it('hands out keys in the order they were added', async () => {
    const { queue } = makeQueue();
    for (const key of ['b', 'a', 'c']) queue.add(key);
    assert.deepEqual([await queue.take(never), await queue.take(never)], ['b', 'a']);
    assert.equal(queue.depth, 1);
  });

  it('keeps a key once however often it is added', async () => {
    const { queue } = makeQueue();
    for (let i = 0; i < 5; i++) queue.add('a');
    assert.equal(await queue.take(never), 'a');
    assert.equal(queue.depth, 0);
  });

  it('requeues a key added while it is in flight, when that is done', async () => {
    const { queue } = makeQueue();
    queue.add('a');
    await queue.take(never);
    queue.add('a');
    queue.add('a');
    assert.equal(queue.depth, 0);
    queue.done('a');
    assert.equal(queue.depth, 1);
    assert.equal(await queue.take(never), 'a');
    queue.done('a');
    assert.equal(queue.depth, 0);
  });

  it('puts a key that was added in flight behind those that wait', async () => {
    const { queue } = makeQueue();
    queue.add('busy');
    await queue.take(never);
    queue.add('busy');
    queue.add('other');
    queue.done('busy');
    assert.deepEqual([await queue.take(never), await queue.take(never)], ['other', 'busy']);
  });

  it('gives a key to the worker that waited longest', async () => {
    const { queue } = makeQueue();
    const takes = [queue.take(never), queue.take(never)];
    queue.add('a');
    queue.add('b');
    assert.deepEqual(await Promise.all(takes), ['a', 'b']);
  });

  it('rejects a waiting worker whose signal aborts and keeps the key for another', async () => {
    const { queue } = makeQueue();
    const stop = new AbortController();
    const taking = queue.take(stop.signal);
    stop.abort(new Error('stopped'));
    await assert.rejects(taking, /stopped/);
    await assert.rejects(queue.take(stop.signal), /stopped/);
    queue.add('a');
    assert.equal(await queue.take(never), 'a');
  });

  it('stays fast and in order over many keys', async () => {
    const { queue } = makeQueue();
    for (let i = 0; i < 5000; i++) queue.add(`k${i}`);
    for (let i = 0; i < 5000; i++) assert.equal(await queue.take(never), `k${i}`);
    assert.equal(queue.depth, 0);
  });

  describe('addAfter', () => {
    it('adds the key when its time has come', async () => {
      const { clock, queue } = makeQueue();
      queue.addAfter('a', 100);
      await clock.advance(99);
      assert.equal(queue.depth, 0);
      await clock.advance(1);
      assert.equal(queue.depth, 1);
    });

    it('adds waiting keys at once and leaves no timer when delays end', async () => {
      const { clock, queue } = makeQueue();
      queue.addAfter('a', 100);
      queue.addAfter('b', 60_000);
      queue.endDelays();
      assert.equal(clock.pending, 0);
      assert.deepEqual([await queue.take(never), await queue.take(never)], ['a', 'b']);
    });

    it('adds at once for no or a negative delay', () => {
      const { clock, queue } = makeQueue();
      queue.addAfter('a', 0);
      queue.addAfter('b', -5);
      assert.equal(queue.depth, 2);
      assert.equal(clock.pending, 0);
    });

    const orders: readonly [string, number, number][] = [
      ['a later call', 100, 500],
      ['an earlier call', 500, 100],
    ];
    for (const [name, first, second] of orders) {
      it(`counts the earliest time, after ${name}`, async () => {
        const { clock, queue } = makeQueue();
        queue.addAfter('a', first);
        queue.addAfter('a', second);
        assert.equal(clock.pending, 1);
        await clock.advance(100);
        assert.equal(queue.depth, 1);
        await queue.take(never);
        queue.done('a');
        await clock.advance(1000);
        assert.equal(queue.depth, 0);
      });
    }
  });

  describe('addWithBackoff', () => {
    it('doubles the wait up to a minute, and starts over after forget', () => {
      const { queue } = makeQueue();
      const waits = Array.from({ length: 16 }, () => queue.addWithBackoff('a'));
      assert.deepEqual(waits.slice(0, 5), [5, 10, 20, 40, 80]);
      assert.equal(waits.at(-1), 60_000);
      assert.equal(queue.addWithBackoff('b'), 5);
      queue.forget('a');
      assert.equal(queue.addWithBackoff('a'), 5);
    });

    it('takes up to half of the wait off, at random', () => {
      const { queue } = makeQueue(() => 1);
      assert.equal(queue.addWithBackoff('a'), 2.5);
    });
  });

  it('tells how deep it is, how much was added and how long keys waited', async () => {
    const clock = new FakeClock();
    const metrics = createPlainMetrics();
    const queue = new WorkQueue({ name: 'q' }, { clock, metrics, random: () => 0 });
    queue.add('a');
    queue.add('b');
    await clock.advance(2000);
    await queue.take(never);
    await clock.advance(500);
    queue.done('a');
    queue.addWithBackoff('a');
    const text = await metrics.exposition();
    assert.match(text, /^workqueue_depth\{name="q"\} 1$/m);
    assert.match(text, /^workqueue_adds_total\{name="q"\} 2$/m);
    assert.match(text, /^workqueue_retries_total\{name="q"\} 1$/m);
    assert.match(text, /^workqueue_queue_duration_seconds_sum\{name="q"\} 2$/m);
    assert.match(text, /^workqueue_work_duration_seconds_sum\{name="q"\} 0.5$/m);
  });

  it('behaves as its model, whatever is done with it', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), key }),
      fc.record({ do: fc.constant('addAfter' as const), key, ms: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ do: fc.constant('addWithBackoff' as const), key }),
      fc.record({ do: fc.constant('forget' as const), key }),
      fc.record({ do: fc.constant('take' as const) }),
      fc.record({ do: fc.constant('done' as const), key }),
      fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 60 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
        const { clock, queue } = makeQueue();
        const model = new QueueModel();
        const taken: string[] = [];
        for (const action of steps) {
          model.apply(action);
          switch (action.do) {
            case 'take':
              void queue.take(never).then(got => taken.push(got));
              break;
            case 'advance':
              await clock.advance(action.ms);
              break;
            case 'addAfter':
              queue.addAfter(action.key, action.ms);
              break;
            default:
              queue[action.do](action.key);
          }
          await Promise.resolve();
        }
        await settle();
        assert.deepEqual(taken, model.taken);
        assert.equal(queue.depth, model.ready.length);
      }),
      { numRuns: 200 },
    );
  });

  it('tells how long keys have been in work', async () => {
    const clock = new FakeClock();
    const metrics = createPlainMetrics();
    const queue = new WorkQueue({ name: 'q' }, { clock, metrics, random: () => 0 });
    const seconds = async (name: string) =>
      new RegExp(`^workqueue_${name}_seconds{name="q"} (\\S+)$`, 'm').exec(
        await metrics.exposition(),
      )?.[1];
    queue.add('a');
    queue.add('b');
    await queue.take(never);
    await clock.advance(3_000);
    await queue.take(never);
    await clock.advance(1_000);
    assert.equal(await seconds('unfinished_work'), '5');
    assert.equal(await seconds('longest_running_processor'), '4');
    queue.done('a');
    assert.equal(await seconds('unfinished_work'), '1');
    queue.done('b');
    assert.equal(await seconds('longest_running_processor'), '0');
  });
});
