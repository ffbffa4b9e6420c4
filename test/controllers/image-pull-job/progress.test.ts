import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JobProgress } from '../../../controllers/image-pull-job/progress.ts';
import type { TargetState } from '../../../controllers/image-pull-job/target-state.ts';

const failure = { reason: 'NotFound', message: '' };

const state: fc.Arbitrary<TargetState | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant<TargetState>({ kind: 'waiting', again: false }),
  fc.nat(100).map((recheckAtMs): TargetState => ({ kind: 'active', recheckAtMs })),
  fc.nat(100).map((recheckAtMs): TargetState => ({ kind: 'unavailable', why: '', recheckAtMs })),
  fc.constant<TargetState>({ kind: 'leaving', release: 'any', holdsSlot: false }),
  fc.constant<TargetState>({ kind: 'leaving', release: 'unstarted', holdsSlot: true }),
  fc.constant<TargetState>({ kind: 'leaving', release: 'pending', holdsSlot: true, failure }),
  fc.constant<TargetState>({ kind: 'succeeded' }),
  fc.constant<TargetState>({ kind: 'failed', failure }),
);

const bytes = fc.record({ doneBytes: fc.nat(100), totalBytes: fc.integer({ min: 1, max: 100 }) });

const telling: fc.Arbitrary<TargetState | undefined> = fc.oneof(
  state,
  bytes.map((told): TargetState => ({ kind: 'active', bytes: told })),
  bytes.map((told): TargetState => ({ kind: 'succeeded', bytes: told })),
);

describe('JobProgress', () => {
  it('adds up what a recount of all downloads adds up', () => {
    const changes = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), telling), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(changes, list => {
        const progress = new JobProgress();
        const model = new Map<string, TargetState>();
        for (const [name, next] of list) {
          progress.record(name, next);
          if (next === undefined) model.delete(name);
          else model.set(name, next);
        }
        let [doneBytes, totalBytes, shares] = [0, 0, 0];
        for (const each of model.values()) {
          if (!('bytes' in each) || each.bytes === undefined) continue;
          doneBytes += each.bytes.doneBytes;
          totalBytes += each.bytes.totalBytes;
          if (each.kind === 'active') shares += each.bytes.doneBytes / each.bytes.totalBytes;
        }
        const { activeShares, ...sums } = progress.totals;
        assert.deepEqual(sums, { doneBytes, totalBytes });
        assert.ok(Math.abs(activeShares - shares) < 1e-6);
      }),
    );
  });

  it('counts what a recount of all states counts', () => {
    const changes = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), state), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(changes, list => {
        const progress = new JobProgress();
        const model = new Map<string, TargetState>();
        for (const [name, next] of list) {
          progress.record(name, next);
          if (next === undefined) model.delete(name);
          else model.set(name, next);
        }
        const of = (holds: (state: TargetState) => boolean) =>
          [...model.values()].filter(holds).length;
        const lost = of(s => s.kind === 'leaving' && s.failure !== undefined);
        assert.deepEqual(progress.counts, {
          desired: of(s => s.kind !== 'leaving') + lost,
          active: of(s => s.kind === 'active') + lost,
          waiting: of(s => s.kind === 'waiting'),
          unavailable: of(s => s.kind === 'unavailable'),
          succeeded: of(s => s.kind === 'succeeded'),
          failed: of(s => s.kind === 'failed'),
          slots: of(s => s.kind === 'active' || (s.kind === 'leaving' && s.holdsSlot)),
          leaving: of(s => s.kind === 'leaving'),
        });
      }),
    );
  });

  it('names every state whose time has come, and is never late', () => {
    const times = fc.array(fc.nat(100), { maxLength: 20 });
    fc.assert(
      fc.property(times, fc.array(fc.nat(120), { maxLength: 10 }), (rechecks, looks) => {
        const progress = new JobProgress();
        rechecks.forEach((recheckAtMs, index) => {
          progress.record(`node-${index}`, { kind: 'active', recheckAtMs });
        });
        for (const nowMs of [...looks].sort((a, b) => a - b)) {
          const due = progress.due(nowMs);
          const left = [...progress.of('active')].filter(
            ([, { recheckAtMs = 0 }]) => recheckAtMs <= nowMs,
          );
          assert.deepEqual([...due].sort(), left.map(([name]) => name).sort());
          for (const name of due) progress.record(name, { kind: 'succeeded' });
          for (const { recheckAtMs = 0 } of progress.of('active').values()) {
            assert.ok(progress.nextCheckMs <= recheckAtMs);
          }
        }
      }),
    );
  });
});
