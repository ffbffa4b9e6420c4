import assert from 'node:assert/strict';
import { onAbort } from '../../runtime/abort.ts';
import { hasCode } from '../../runtime/errors.ts';
import { type Runnable, runLifecycle } from '../../runtime/lifecycle.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const aborted = (signal: AbortSignal) => new Promise<void>(resolve => onAbort(signal, resolve));

/** Parts that write what they do into one list. */
class Parts {
  readonly seen: string[] = [];

  part(name: string, overrides: Partial<Runnable> = {}): Runnable {
    return {
      name,
      run: async signal => {
        this.seen.push(`${name} runs`);
        await aborted(signal);
        await settle();
        this.seen.push(`${name} ended`);
      },
      ...overrides,
    };
  }
}

function run(groups: readonly (readonly Runnable[])[]) {
  const clock = new FakeClock();
  const log = new RecordingLogger();
  const stop = new AbortController();
  const ended = runLifecycle({ groups, stopTimeoutMs: 5_000 }, { clock, log }, stop.signal).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { clock, log, stop, ended };
}

describe('runLifecycle', () => {
  it('starts the groups in order and stops them in reverse, each when the last one ended', async () => {
    const parts = new Parts();
    const { stop, ended, clock } = run([[parts.part('a'), parts.part('b')], [parts.part('c')]]);
    await settle();
    stop.abort();
    assert.equal(await ended, undefined);
    assert.deepEqual(parts.seen, ['a runs', 'b runs', 'c runs', 'c ended', 'a ended', 'b ended']);
    assert.equal(clock.pending, 0);
  });

  it('waits until a group has started before it starts the next', async () => {
    const parts = new Parts();
    let open = (): void => {};
    const started = () => new Promise<void>(resolve => (open = resolve));
    const { stop, ended } = run([[parts.part('server', { started })], [parts.part('client')]]);
    await settle();
    assert.deepEqual(parts.seen, ['server runs']);
    open();
    await settle();
    assert.deepEqual(parts.seen, ['server runs', 'client runs']);
    stop.abort();
    await ended;
  });

  it('stops everything when one part fails, and rejects with its failure', async () => {
    const parts = new Parts();
    const broken = new Error('broken');
    const failing = parts.part('failing', { run: () => Promise.reject(broken) });
    const { ended } = run([[parts.part('a')], [failing], [parts.part('never')]]);
    assert.equal(await ended, broken);
    assert.deepEqual(parts.seen, ['a runs', 'a ended']);
  });

  it('takes a part that ends by itself for a failure', async () => {
    const parts = new Parts();
    const { ended } = run([[parts.part('quiet', { run: () => Promise.resolve() })]]);
    const error = await ended;
    assert.ok(hasCode(error, 'INTERNAL'));
    assert.match(error.message, /quiet ended by itself/);
  });

  it('does not start what comes after a group that fails to start', async () => {
    const parts = new Parts();
    const started = () => Promise.reject(new Error('port is taken'));
    const { ended } = run([[parts.part('server', { started })], [parts.part('client')]]);
    assert.match(String(await ended), /port is taken/);
    assert.deepEqual(parts.seen, ['server runs', 'server ended']);
  });

  it('can be stopped while a group is still starting', async () => {
    const parts = new Parts();
    const started = () => new Promise<void>(() => {});
    const { stop, ended } = run([[parts.part('server', { started })], [parts.part('client')]]);
    await settle();
    stop.abort();
    assert.equal(await ended, undefined);
    assert.deepEqual(parts.seen, ['server runs', 'server ended']);
  });

  it('starts nothing when it was stopped before', async () => {
    const parts = new Parts();
    const { clock, log } = run([]);
    const groups = [[parts.part('a')]];
    await runLifecycle({ groups, stopTimeoutMs: 1 }, { clock, log }, AbortSignal.abort());
    assert.deepEqual(parts.seen, []);
  });

  it('takes the reason of its signal for a good ending', async () => {
    const parts = new Parts();
    const obedient = parts.part('obedient', {
      run: async signal => {
        await aborted(signal);
        throw signal.reason as Error;
      },
    });
    const { stop, ended } = run([[obedient]]);
    await settle();
    stop.abort(new Error('SIGTERM'));
    assert.equal(await ended, undefined);
  });

  it('gives up on parts that do not end in time, and names them', async () => {
    const parts = new Parts();
    const stuck = parts.part('stuck', { run: () => new Promise(() => {}) });
    const { clock, stop, ended } = run([[parts.part('a')], [stuck]]);
    await settle();
    stop.abort();
    await clock.advance(5_000);
    const error = await ended;
    assert.ok(hasCode(error, 'DEADLINE_EXCEEDED'));
    assert.match(error.message, /did not stop in 5000 ms: a, stuck$/);
  });

  it('rejects with the first failure and logs those that follow', async () => {
    const parts = new Parts();
    const first = parts.part('first', { run: () => Promise.reject(new Error('one')) });
    const second = parts.part('second', {
      run: async signal => {
        await aborted(signal);
        throw new Error('two');
      },
    });
    const { log, ended } = run([[second, first]]);
    assert.match(String(await ended), /one/);
    const [line, ...others] = log.at('error');
    assert.deepEqual(others, []);
    assert.equal(line?.fields['part'], 'second');
  });
});
