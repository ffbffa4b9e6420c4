import assert from 'node:assert/strict';
import type { ObjectKey } from '../../api/meta.ts';
import type { Reconcile } from '../../kube/controller.ts';
import { createController } from '../../kube/create-controller.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { HeadstartError, TerminalError } from '../../runtime/errors.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

/** A controller that runs until it is disposed. */
function start(reconcile: Reconcile, workers = 1) {
  const clock = new FakeClock();
  const log = new RecordingLogger();
  const metrics = createPlainMetrics();
  const deps = { reconcile, clock, log, metrics, random: () => 0 };
  const controller = createController({ name: 'thing', workers }, deps);
  const stop = new AbortController();
  const running = controller.run(stop.signal);
  return {
    controller,
    clock,
    log,
    metrics,
    stop,
    running,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

/** A reconcile that ends as the endings say, one after the other; after the last one well. */
function endings(...steps: (() => ReturnType<Reconcile>)[]) {
  const keys: ObjectKey[] = [];
  const reconcile: Reconcile = async key => {
    keys.push(key);
    return steps.shift()?.();
  };
  return { keys, reconcile };
}

const conflict = () => new KubeError('conflict', { status: 409, reason: 'Conflict' });

describe('createController', () => {
  it('reconciles keys that were added before it ran', async () => {
    const { keys, reconcile } = endings();
    const metrics = createPlainMetrics();
    const deps = { reconcile, clock: new FakeClock(), log: new RecordingLogger(), metrics };
    const controller = createController({ name: 'c', workers: 1 }, { ...deps, random: () => 0 });
    controller.enqueue('ns/a');
    const stop = new AbortController();
    const running = controller.run(stop.signal);
    await settle();
    stop.abort();
    await running;
    assert.deepEqual(keys, ['ns/a']);
  });

  it('is content with a reconcile that ends well', async () => {
    const { keys, reconcile } = endings();
    await using test = start(reconcile);
    test.controller.enqueue('a');
    await test.clock.advance(100_000);
    assert.deepEqual(keys, ['a']);
    assert.match(
      await test.metrics.exposition(),
      /^controller_runtime_reconcile_total\{controller="thing",result="success"\} 1$/m,
    );
  });

  it('looks again when the reconcile asks for it', async () => {
    const { keys, reconcile } = endings(() => Promise.resolve({ requeueAfterMs: 500 }));
    await using test = start(reconcile);
    test.controller.enqueue('a');
    await test.clock.advance(499);
    assert.equal(keys.length, 1);
    await test.clock.advance(1);
    assert.equal(keys.length, 2);
    assert.match(await test.metrics.exposition(), /result="requeue_after"\} 1$/m);
  });

  it('retries a failure with backoff and one log line, and forgets it after a success', async () => {
    const broken = () => Promise.reject(new HeadstartError('INTERNAL', 'broken'));
    const { keys, reconcile } = endings(broken, broken);
    await using test = start(reconcile);
    test.controller.enqueue('a');
    await test.clock.advance(5);
    assert.equal(keys.length, 2);
    await test.clock.advance(9);
    assert.equal(keys.length, 2);
    await test.clock.advance(1);
    assert.equal(keys.length, 3);
    const lines = test.log.at('error');
    assert.deepEqual(
      lines.map(({ message, fields }) => [message, fields['object'], fields['retryInMs']]),
      [
        ['Reconcile failed', 'a', 5],
        ['Reconcile failed', 'a', 10],
      ],
    );
    assert.equal(lines[0]?.fields['controller'], 'thing');
    const text = await test.metrics.exposition();
    assert.match(text, /^controller_runtime_reconcile_errors_total\{controller="thing"\} 2$/m);
    assert.match(text, /reconcile_total\{controller="thing",result="error"\} 2$/m);
    assert.match(text, /reconcile_time_seconds_count\{controller="thing"\} 3$/m);
  });

  it('does not retry a terminal error until its object changes', async () => {
    const hopeless = () => Promise.reject(new TerminalError('invalid for good'));
    const { keys, reconcile } = endings(hopeless);
    await using test = start(reconcile);
    test.controller.enqueue('a');
    await test.clock.advance(3_600_000);
    assert.equal(keys.length, 1);
    assert.equal(test.log.at('error').length, 1);
    assert.match(
      await test.metrics.exposition(),
      /^controller_runtime_terminal_reconcile_errors_total\{controller="thing"\} 1$/m,
    );
    test.controller.enqueue('a');
    await settle();
    assert.equal(keys.length, 2);
  });

  it('takes a conflict for a reason to look again and not for a failure', async () => {
    const { keys, reconcile } = endings(() => Promise.reject(conflict()));
    await using test = start(reconcile);
    test.controller.enqueue('a');
    await test.clock.advance(5);
    assert.equal(keys.length, 2);
    assert.deepEqual(test.log.at('error'), []);
    const text = await test.metrics.exposition();
    assert.match(text, /result="requeue"\} 1$/m);
    assert.match(text, /^controller_runtime_reconcile_errors_total\{controller="thing"\} 0$/m);
  });

  it('lets its worker wait as long as the API server asks, whatever else there is to do', async () => {
    const busy = new KubeError('busy', { status: 429, retryAfterMs: 8_000 });
    const { keys, reconcile } = endings(() => Promise.reject(busy));
    await using test = start(reconcile);
    for (const key of ['a', 'b']) test.controller.enqueue(key);
    await test.clock.advance(7_999);
    assert.deepEqual(keys, ['a']);
    await test.clock.advance(1);
    assert.deepEqual(keys, ['a', 'b', 'a']);
    assert.deepEqual(
      test.log.lines.map(({ level, message }) => `${level} ${message}`),
      ['warn Reconcile was turned away'],
    );
  });

  it('gives a key that was turned away back to the queue when it stops', async () => {
    const busy = new KubeError('busy', { status: 429, retryAfterMs: 8_000 });
    const { keys, reconcile } = endings(() => Promise.reject(busy));
    const test = start(reconcile);
    test.controller.enqueue('a');
    await settle();
    await test[Symbol.asyncDispose]();
    const stop = new AbortController();
    const running = test.controller.run(stop.signal);
    await settle();
    stop.abort();
    await running;
    assert.deepEqual(keys, ['a', 'a']);
  });

  it('never reconciles one key twice at once, and others beside it', async () => {
    let running = 0;
    const most = new Map<string, number>();
    const current = new Map<string, number>();
    const release: (() => void)[] = [];
    await using test = start(async key => {
      running++;
      current.set(key, (current.get(key) ?? 0) + 1);
      most.set(key, Math.max(most.get(key) ?? 0, current.get(key) ?? 0));
      await new Promise<void>(resolve => release.push(resolve));
      current.set(key, (current.get(key) ?? 0) - 1);
      running--;
      return undefined;
    }, 3);
    for (const key of ['a', 'b']) test.controller.enqueue(key);
    await settle();
    test.controller.enqueue('a');
    await settle();
    assert.equal(running, 2);
    for (const go of release.splice(0)) go();
    await settle();
    assert.equal(running, 1);
    for (const go of release.splice(0)) go();
    await settle();
    assert.deepEqual(
      [...most],
      [
        ['a', 1],
        ['b', 1],
      ],
    );
  });

  it('waits for its workers when it stops, and gives a cut reconcile back to the queue', async () => {
    let calls = 0;
    const test = start(async (_key, signal) => {
      calls++;
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      return undefined;
    });
    test.controller.enqueue('a');
    await settle();
    test.stop.abort();
    await test.running;
    assert.deepEqual(test.log.at('error'), []);
    await test.controller.run(AbortSignal.abort());
    const again = new AbortController();
    const running = test.controller.run(again.signal);
    await settle();
    again.abort();
    await running;
    assert.equal(calls, 2);
  });

  it('leaves no timer behind when it stops, and works on what was delayed when it runs again', async () => {
    const { keys, reconcile } = endings();
    const test = start(reconcile);
    test.controller.enqueue('later', 60_000);
    await settle();
    test.stop.abort();
    await test.running;
    assert.equal(test.clock.pending, 0);
    const again = new AbortController();
    const running = test.controller.run(again.signal);
    await settle();
    again.abort();
    await running;
    assert.deepEqual(keys, ['later']);
  });

  it('takes no further key after its signal aborted', async () => {
    const { keys, reconcile } = endings();
    const test = start(reconcile);
    test.stop.abort();
    await test.running;
    test.controller.enqueue('a');
    await settle();
    assert.deepEqual(keys, []);
  });
});
