import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PullSlots, type PullSlotsOptions } from '../../daemon/pull-slots.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** Slots under test: each piece of work has a name and ends when it is told to. */
class SlotWorld {
  readonly clock = new FakeClock();
  readonly slots: PullSlots;
  /** Names of what runs, in the order of their starts. */
  readonly running: string[] = [];
  readonly #ends = new Map<string, () => void>();

  constructor(options: PullSlotsOptions) {
    this.slots = new PullSlots(options, { clock: this.clock, metrics: noMetrics });
  }

  async start(name: string, registry = 'docker.io', createdAt = ''): Promise<AbortController> {
    const abort = new AbortController();
    const work = (): Promise<void> => {
      this.running.push(name);
      return new Promise(resolve => this.#ends.set(name, resolve));
    };
    this.slots.run({ registry, createdAt }, abort.signal, work).catch(() => {});
    await this.clock.advance(0);
    return abort;
  }

  async end(name: string): Promise<void> {
    this.running.splice(this.running.indexOf(name), 1);
    this.#ends.get(name)?.();
    await this.clock.advance(0);
  }
}

describe('PullSlots', () => {
  it('lets in as many as the limit says, and the next when one leaves', async () => {
    const world = new SlotWorld({ limit: 2 });
    for (const name of ['a', 'b', 'c']) await world.start(name);
    assert.deepEqual(world.running, ['a', 'b']);
    await world.end('a');
    assert.deepEqual(world.running, ['b', 'c']);
  });

  it('lets in the oldest entry first, whoever came first', async () => {
    const world = new SlotWorld({ limit: 1 });
    await world.start('first');
    await world.start('young', 'docker.io', '2026-01-03T00:00:00Z');
    await world.start('old', 'docker.io', '2026-01-01T00:00:00Z');
    await world.start('old too', 'docker.io', '2026-01-01T00:00:00Z');
    for (const name of ['first', 'old', 'old too']) {
      assert.deepEqual(world.running, [name]);
      await world.end(name);
    }
    assert.deepEqual(world.running, ['young']);
  });

  it('lets others past those whose registry is at its limit', async () => {
    const world = new SlotWorld({ limit: 3, perRegistry: 1 });
    await world.start('a1', 'a', '1');
    await world.start('a2', 'a', '2');
    await world.start('b1', 'b', '3');
    assert.deepEqual(world.running, ['a1', 'b1']);
    await world.end('a1');
    assert.deepEqual(world.running, ['b1', 'a2']);
  });

  it('starts nothing from a registry that rests', async () => {
    const world = new SlotWorld({ limit: 3 });
    world.slots.rest('a', 1_000);
    await world.start('a1', 'a');
    await world.start('b1', 'b');
    assert.deepEqual(world.running, ['b1']);
    world.slots.rest('a', 500);
    await world.clock.advance(999);
    assert.deepEqual(world.running, ['b1']);
    await world.clock.advance(1);
    assert.deepEqual(world.running, ['b1', 'a1']);
    assert.equal(world.clock.pending, 0);
  });

  it('forgets who does not want in any longer', async () => {
    const world = new SlotWorld({ limit: 1 });
    await world.start('a');
    const abort = await world.start('b');
    await world.start('c');
    abort.abort();
    await world.end('a');
    assert.deepEqual(world.running, ['c']);
  });

  it('keeps no timer for a rest that nobody waits for', async () => {
    const world = new SlotWorld({ limit: 1 });
    world.slots.rest('a', 1_000);
    (await world.start('a1', 'a')).abort();
    await world.clock.advance(0);
    assert.equal(world.clock.pending, 0);
  });

  it('gives a slot back when its work fails', async () => {
    const world = new SlotWorld({ limit: 1 });
    const { signal } = new AbortController();
    const fails = world.slots.run({ registry: 'a', createdAt: '' }, signal, () =>
      Promise.reject(new TypeError('it failed')),
    );
    await assert.rejects(fails, TypeError);
    await world.start('next');
    assert.deepEqual(world.running, ['next']);
  });

  it('never passes a limit, never leaves a slot empty that somebody may have, and lets everybody in', async () => {
    const step = fc.record({
      registry: fc.constantFrom('a', 'b', 'c'),
      createdAt: fc.constantFrom('1', '2', '3'),
      ends: fc.nat(3),
    });
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, limit, perRegistry) => {
        const world = new SlotWorld({ limit, perRegistry });
        let waiting: string[] = [];
        const check = (): void => {
          waiting = waiting.filter(name => !world.running.includes(name));
          const from = (name: string): number =>
            world.running.filter(other => other[0] === name[0]).length;
          assert.ok(world.running.length <= limit);
          assert.ok(world.running.every(name => from(name) <= perRegistry));
          if (world.running.length < limit) {
            assert.ok(waiting.every(name => from(name) === perRegistry));
          }
        };
        for (const [index, { registry, createdAt, ends }] of steps.entries()) {
          waiting.push(`${registry}${index}`);
          await world.start(`${registry}${index}`, registry, createdAt);
          check();
          const ending = world.running[ends];
          if (ending !== undefined) await world.end(ending);
          check();
        }
        while (world.running[0] !== undefined) {
          await world.end(world.running[0]);
          check();
        }
        assert.deepEqual(waiting, []);
      },
    );
    await fc.assert(property);
  });
});
