import assert from 'node:assert/strict';
import { noMetrics } from '../../runtime/metrics.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { Semaphore } from '../../runtime/semaphore.ts';
import { settle } from '../support/fake-clock.ts';

/** Work that ends when told to. */
function work() {
  let end = (): void => {};
  let started = false;
  const run = () => {
    started = true;
    return new Promise<void>(resolve => {
      end = resolve;
    });
  };
  return { run, end: () => end(), started: () => started };
}

const make = (limit: number) => new Semaphore({ name: 's', limit }, { metrics: noMetrics });

describe('Semaphore', () => {
  it('runs no more at once than its limit, first come, first served', async () => {
    const semaphore = make(2);
    const works = Array.from({ length: 5 }, work);
    const runs = works.map(({ run }) => semaphore.run(undefined, run));
    await settle();
    const started = () => works.map(w => (w.started() ? 'x' : '-')).join('');
    assert.equal(started(), 'xx---');
    assert.deepEqual([semaphore.running, semaphore.waiting], [2, 3]);
    works[1]?.end();
    await settle();
    assert.equal(started(), 'xxx--');
    works[0]?.end();
    works[2]?.end();
    await settle();
    assert.equal(started(), 'xxxxx');
    for (const { end } of works) end();
    await Promise.all(runs);
    assert.deepEqual([semaphore.running, semaphore.waiting], [0, 0]);
  });

  it('returns what the work returns and frees the slot when it fails', async () => {
    const semaphore = make(1);
    assert.equal(await semaphore.run(undefined, () => Promise.resolve(7)), 7);
    const failing = semaphore.run(undefined, () => Promise.reject(new Error('broken')));
    await assert.rejects(failing, /broken/);
    assert.equal(await semaphore.run(undefined, () => Promise.resolve(8)), 8);
  });

  it('never starts work whose signal aborts while it waits, and lets the next one in', async () => {
    const semaphore = make(1);
    const [first, second, third] = [work(), work(), work()];
    const stop = new AbortController();
    const running = semaphore.run(undefined, first.run);
    const waiting = semaphore.run(stop.signal, second.run);
    const last = semaphore.run(undefined, third.run);
    stop.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    first.end();
    await settle();
    assert.deepEqual([second.started(), third.started()], [false, true]);
    third.end();
    await Promise.all([running, last]);
    await assert.rejects(semaphore.run(stop.signal, second.run), /enough/);
  });

  it('tells how much runs and waits', async () => {
    const metrics = createPlainMetrics();
    const semaphore = new Semaphore({ name: 'writes', limit: 1 }, { metrics });
    const [first, second] = [work(), work()];
    const runs = [semaphore.run(undefined, first.run), semaphore.run(undefined, second.run)];
    await settle();
    assert.match(await metrics.exposition(), /^headstart_semaphore_running\{name="writes"\} 1$/m);
    assert.match(await metrics.exposition(), /^headstart_semaphore_waiting\{name="writes"\} 1$/m);
    first.end();
    await settle();
    second.end();
    await Promise.all(runs);
    assert.match(await metrics.exposition(), /^headstart_semaphore_running\{name="writes"\} 0$/m);
  });
});
