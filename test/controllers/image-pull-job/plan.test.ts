import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parallelLimit } from '../../../api/parallelism.ts';
import { planAssignments } from '../../../controllers/image-pull-job/plan.ts';
import { JobProgress } from '../../../controllers/image-pull-job/progress.ts';
import { nodeNames } from '../cluster.ts';

const facts = { mostTargets: 10, slots: 0, waiting: nodeNames(10), atMost: 256 };
const failure = { reason: 'NotFound', message: '' };

describe('planAssignments', () => {
  const cases = [
    { name: 'serves one node when nothing is said', parallelism: undefined, count: 1 },
    { name: 'serves as many as there are slots', parallelism: 4, count: 4 },
    { name: 'reads numeric strings', parallelism: '4', count: 4 },
    { name: 'rounds a percentage of all targets up', parallelism: '25%', count: 3 },
    { name: 'gives a small percentage one slot', parallelism: '1%', count: 1 },
    { name: 'pauses at 0', parallelism: 0, count: 0 },
    { name: 'pauses at 0%', parallelism: '0%', count: 0 },
    { name: 'takes no slot away when there are too many', parallelism: 2, slots: 5, count: 0 },
    { name: 'writes no more at once than it may', parallelism: 10, atMost: 3, count: 3 },
    { name: 'ends with the nodes that wait', parallelism: 100, count: 10 },
  ];
  for (const { name, count, ...given } of cases) {
    it(name, () => {
      const planned = planAssignments({ ...facts, ...given });
      assert.deepEqual(planned, facts.waiting.slice(0, count));
    });
  }

  it('never exceeds the parallelism, serves in order, and brings every target to its end', () => {
    const turn = fc.record({
      /** Which of the active nodes end, by position. */
      ends: fc.array(fc.nat(), { maxLength: 4 }),
      fails: fc.boolean(),
      parallelism: fc.option(
        fc.oneof(
          fc.nat(6),
          fc.nat(100).map(percent => `${percent}%`),
        ),
      ),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(turn, { maxLength: 60 }),
        (size, turns) => {
          const run = new Model(size);
          for (const { ends, fails, parallelism } of turns) {
            if (parallelism !== null) run.parallelism = parallelism;
            run.end(ends, fails);
            run.assign();
          }
          run.parallelism = 3;
          for (let i = 0; i <= 2 * size; i++) {
            run.assign();
            run.end([0, 1, 2], false);
          }
          assert.equal(run.progress.counts.succeeded + run.progress.counts.failed, size);
          assert.deepEqual(run.served, nodeNames(size));
        },
      ),
    );
  });
});

/** A job without an API: nodes that were planned are active until they end. */
class Model {
  readonly progress = new JobProgress();
  readonly served: string[] = [];
  parallelism: number | string = 1;
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
    for (const name of nodeNames(size)) {
      this.progress.record(name, { kind: 'waiting', again: false });
    }
  }

  assign(): void {
    const before = this.progress.counts.slots;
    const names = planAssignments({
      parallelism: this.parallelism,
      mostTargets: this.#size,
      slots: before,
      waiting: [...this.progress.of('waiting').keys()].sort(),
      atMost: 256,
    });
    for (const name of names) this.progress.record(name, { kind: 'active' });
    this.served.push(...names);
    const limit = parallelLimit(this.parallelism, this.#size);
    assert.ok(this.progress.counts.slots <= Math.max(limit, before));
  }

  end(positions: readonly number[], fails: boolean): void {
    for (const position of positions) {
      const active = [...this.progress.of('active').keys()];
      const name = active[position % Math.max(1, active.length)];
      if (name === undefined) return;
      this.progress.record(name, fails ? { kind: 'failed', failure } : { kind: 'succeeded' });
    }
  }
}
