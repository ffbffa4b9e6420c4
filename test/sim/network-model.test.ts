import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Link } from '../../sim/max-min-fair.ts';
import { NetworkModel } from '../../sim/network-model.ts';
import { FakeClock } from '../support/fake-clock.ts';

const link = (bytesPerSecond: number): Link => ({ name: 'link', bytesPerSecond });

describe('NetworkModel', () => {
  let clock: FakeClock;
  let network: NetworkModel;
  beforeEach(() => {
    clock = new FakeClock();
    network = new NetworkModel({ clock });
  });

  /** Starts a transfer and remembers when it ended. */
  const start = (bytes: number, links: Link[], signal?: AbortSignal) => {
    const transfer: { endedAtMs?: number; error?: unknown } = {};
    network.transfer(bytes, links, signal).then(
      () => {
        transfer.endedAtMs = clock.monotonicMs();
      },
      (error: unknown) => {
        transfer.error = error;
      },
    );
    return transfer;
  };

  it('lets a lone transfer use all of its narrowest link', async () => {
    const transfer = start(1000, [link(1000), link(100)]);
    await clock.advance(20_000);
    assert.equal(transfer.endedAtMs, 10_000);
  });

  it('slows a transfer down while another shares its link', async () => {
    const shared = link(100);
    const first = start(1000, [shared]);
    await clock.advance(5_000);
    const second = start(250, [shared]);
    await clock.advance(20_000);
    // 500 bytes alone, then 250 of each at half speed, then 250 alone.
    assert.equal(second.endedAtMs, 10_000);
    assert.equal(first.endedAtMs, 12_500);
  });

  it('says how much of a transfer is left, also after it was given up', async () => {
    const abort = new AbortController();
    const meter = { leftBytes: () => Number.NaN };
    const giving = network.transfer(1000, [link(100)], abort.signal, meter);
    await clock.advance(2_000);
    assert.equal(meter.leftBytes(), 800);
    abort.abort(new Error('given up'));
    await assert.rejects(giving, /given up/);
    await clock.advance(2_000);
    assert.equal(meter.leftBytes(), 800);
  });

  it('frees the bandwidth of a transfer that is given up', async () => {
    const shared = link(100);
    const abort = new AbortController();
    const first = start(1000, [shared]);
    const second = start(1000, [shared], abort.signal);
    await clock.advance(10_000);
    abort.abort(new Error('given up'));
    await clock.advance(10_000);
    assert.match(String(second.error), /given up/);
    assert.equal(first.endedAtMs, 15_000);
    assert.equal(network.active, 0);
  });

  it('starts nothing for a signal that has aborted', async () => {
    const transfer = start(1, [link(1)], AbortSignal.abort(new Error('too late')));
    await clock.advance(0);
    assert.match(String(transfer.error), /too late/);
    assert.equal(network.active, 0);
  });

  it('ends at once when there is nothing to send or nothing in the way', async () => {
    const nothing = start(0, [link(1)]);
    const unhindered = start(1_000_000, []);
    await clock.advance(0);
    assert.equal(nothing.endedAtMs, 0);
    assert.equal(unhindered.endedAtMs, 0);
  });

  it('never wakes while nothing is on the way', async () => {
    start(10, [link(10)]);
    await clock.advance(1_000);
    assert.equal(clock.pending, 0);
  });

  it('carries every byte of any transfers and never more than the link can', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            startMs: fc.integer({ min: 0, max: 5_000 }),
            bytes: fc.integer({ min: 1, max: 5_000 }),
          }),
          { minLength: 1, maxLength: 10 },
        ),
        async plans => {
          clock = new FakeClock();
          network = new NetworkModel({ clock });
          const uplink = link(1000);
          const running = plans.map(({ startMs, bytes }) => ({ bytes, startMs, ended: -1 }));
          for (const run of running) {
            clock.after(run.startMs, () => {
              void network.transfer(run.bytes, [uplink]).then(() => {
                run.ended = clock.monotonicMs();
              });
            });
          }
          await clock.advance(120_000);
          const lastEnd = Math.max(...running.map(run => run.ended));
          const firstStart = Math.min(...running.map(run => run.startMs));
          const total = running.reduce((sum, run) => sum + run.bytes, 0);
          assert.ok(running.every(run => run.ended >= run.startMs));
          assert.ok(lastEnd - firstStart >= total - 1, 'the link carried more than it can');
        },
      ),
      { numRuns: 30 },
    );
  });
});
