import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { NodeImage } from '../../../api/node-image.ts';
import {
  type Asker,
  RegistryBudget,
} from '../../../controllers/registry-budget/registry-budget.ts';
import { silentLogger } from '../../../runtime/log.ts';
import { createPromMetrics } from '../../../runtime/prom-metrics.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { nodeNames } from '../cluster.ts';

const NODES = nodeNames(12);

type Phase = 'wanted' | 'writing' | 'pulling' | 'ended';

interface Job {
  readonly asker: Omit<Asker, 'held'>;
  readonly parallelism: number;
  readonly nodes: Map<string, Phase>;
}

/** Jobs that pull from one registry, with the NodeImages they write and nothing else. */
class Model {
  readonly metrics = createPromMetrics();
  readonly ceiling: number;
  readonly budget: RegistryBudget;
  readonly jobs: Job[] = [];
  readonly #woken = new Set<string>();
  readonly #handlers: ((name: string) => void)[] = [];

  constructor(ceiling: number) {
    this.ceiling = ceiling;
    const silent = { event: () => {}, flush: () => Promise.resolve() };
    this.budget = new RegistryBudget(
      { maxPullsPerRegistry: ceiling },
      {
        clock: new FakeClock(),
        log: silentLogger,
        metrics: this.metrics,
        events: silent,
        budgetEvents: { lowered: () => {}, recovered: () => {} },
        configMaps: undefined,
        known: {
          hasSynced: true,
          get: name => this.#nodeImage(name),
          list: () => [],
          onChange: handler => this.#handlers.push(handler),
        },
        wake: key => this.#woken.add(key),
      },
    );
  }

  /** A job asks as soon as it is there. */
  add(image: number, parallelism: number): void {
    const index = this.jobs.length;
    const key = `default/job-${index}`;
    const asker = {
      key,
      uid: `${index}`,
      sinceMs: index >> 1,
      image: { name: `app-${image}`, tag: '1' },
    };
    this.jobs.push({ asker, parallelism, nodes: new Map(NODES.map(name => [name, 'wanted'])) });
    this.#look(index);
    this.settle();
  }

  /** Jobs look as long as one is woken. */
  settle(): void {
    for (const key of this.#woken) {
      this.#woken.delete(key);
      this.#look(Number(key.split('-')[1]));
    }
  }

  /** Moves one of the targets on that are in that phase, if there is one. */
  move(from: Phase, to: Phase, position: number): void {
    const found = this.jobs.flatMap((job, index) =>
      [...job.nodes].flatMap(([node, phase]) => (phase === from ? [{ job, index, node }] : [])),
    );
    const moved = found[position % Math.max(1, found.length)];
    if (moved === undefined) return;
    moved.job.nodes.set(moved.node, to);
    for (const handler of this.#handlers) handler(moved.node);
    if (from === 'writing') this.budget.settled(moved.job.asker.uid, moved.node);
    this.#woken.add(moved.job.asker.key);
    this.settle();
  }

  count(...phases: readonly Phase[]): number {
    return this.pulls(...phases).size;
  }

  /** Pulls in these phases, however many jobs share one. */
  pulls(...phases: readonly Phase[]): ReadonlySet<string> {
    const pulls = this.jobs.flatMap(({ asker, nodes }) =>
      [...nodes].flatMap(([node, phase]) =>
        phases.includes(phase) ? [`${node} ${asker.image.name}`] : [],
      ),
    );
    return new Set(pulls);
  }

  /** Wanted nodes that the parallelism of their job lets go. */
  hungry(): number {
    return this.jobs.reduce((total, job) => total + this.#wanted(job).length, 0);
  }

  #held({ nodes }: Job): number {
    return [...nodes.values()].filter(phase => phase === 'writing' || phase === 'pulling').length;
  }

  #wanted(job: Job): string[] {
    const wanted = [...job.nodes].flatMap(([node, phase]) => (phase === 'wanted' ? [node] : []));
    return wanted.slice(0, Math.max(0, job.parallelism - this.#held(job)));
  }

  #look(index: number): void {
    const job = this.jobs[index];
    if (job === undefined) return;
    const asker = { ...job.asker, held: this.#held(job) };
    for (const node of this.budget.admit(asker, this.#wanted(job))) job.nodes.set(node, 'writing');
  }

  /** A pull that is shared runs until the last of its jobs says that it ended. */
  #nodeImage(name: string): NodeImage {
    const images: Record<string, { tags: object[] }> = {};
    for (const { asker, nodes } of this.jobs) {
      if (nodes.get(name) !== 'pulling') continue;
      images[asker.image.name] = {
        tags: [{ tag: '1', ownerReferences: [{ kind: 'ImagePullJob' }] }],
      };
    }
    return { metadata: { name }, spec: { images } } as NodeImage;
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('job' as const), image: fc.nat(3), parallelism: fc.nat(12) }),
  fc.record({ kind: fc.constant('written' as const), position: fc.nat() }),
  fc.record({ kind: fc.constant('lost' as const), position: fc.nat() }),
  fc.record({ kind: fc.constant('ended' as const), position: fc.nat() }),
  fc.record({ kind: fc.constant('withdrawn' as const), position: fc.nat() }),
);

function play(model: Model, each: typeof step extends fc.Arbitrary<infer T> ? T : never): void {
  switch (each.kind) {
    case 'job':
      return model.add(each.image, each.parallelism);
    case 'written':
      return model.move('writing', 'pulling', each.position);
    case 'lost':
      return model.move('writing', 'wanted', each.position);
    case 'ended':
      return model.move('pulling', 'ended', each.position);
    case 'withdrawn': {
      const job = model.jobs[each.position % Math.max(1, model.jobs.length)];
      if (job === undefined) return;
      for (const [node, phase] of job.nodes) if (phase === 'wanted') job.nodes.delete(node);
      model.budget.withdraw(job.asker.key);
      return model.settle();
    }
  }
}

describe('RegistryBudget', () => {
  it('is never exceeded, and leaves no room idle that somebody wants', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(step, { maxLength: 120 }),
        (ceiling, steps) => {
          const model = new Model(ceiling);
          for (const each of steps) {
            play(model, each);
            const running = model.count('writing', 'pulling');
            assert.ok(running <= ceiling, `${running} of ${ceiling}`);
            assert.ok(running === ceiling || model.hungry() === 0, 'room is idle');
          }
        },
      ),
    );
  });

  it('brings every job to its end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
        (ceiling, parallelisms, positions) => {
          const model = new Model(ceiling);
          for (const [image, parallelism] of parallelisms.entries()) model.add(image, parallelism);
          const most = 2 * NODES.length * parallelisms.length;
          for (let turn = 0; turn < most; turn++) {
            const position = positions[turn % positions.length] ?? 0;
            model.move('writing', 'pulling', position);
            model.move('pulling', 'ended', position);
          }
          assert.equal(model.count('wanted', 'writing', 'pulling'), 0);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('shows pulls, ceiling and waiting targets of each registry while it leads', async () => {
    const model = new Model(2);
    const abort = new AbortController();
    model.budget.lead(abort.signal);
    model.add(0, 5);
    const lines = async () => (await model.metrics.exposition()).split('\n');
    assert.ok(
      (await lines()).includes('headstart_registry_pulls_in_flight{registry="docker.io"} 2'),
    );
    assert.ok((await lines()).includes('headstart_registry_pulls_limit{registry="docker.io"} 2'));
    assert.ok(
      (await lines()).includes('headstart_registry_targets_waiting{registry="docker.io"} 3'),
    );
    abort.abort();
    assert.ok(
      (await lines()).includes('headstart_registry_pulls_in_flight{registry="docker.io"} 0'),
    );
    assert.ok(
      (await lines()).includes('headstart_registry_targets_waiting{registry="docker.io"} 0'),
    );
  });

  it('asks those that waited when it led before to ask again when it leads once more', async () => {
    const model = new Model(2);
    const first = new AbortController();
    model.budget.lead(first.signal);
    model.add(0, 5);
    first.abort();
    model.budget.lead(new AbortController().signal);
    model.settle();
    const lines = (await model.metrics.exposition()).split('\n');
    assert.ok(lines.includes('headstart_registry_targets_waiting{registry="docker.io"} 3'));
  });
});
