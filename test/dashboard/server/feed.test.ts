import assert from 'node:assert/strict';
import { IMAGE_PULL_JOBS, NODE_IMAGES, NODES } from '../../../api/resources.ts';
import { Feed } from '../../../dashboard/server/feed.ts';
import { applyDelta, type Delta } from '../../../dashboard/wire/feed.ts';
import type { Tables } from '../../../dashboard/wire/rows.ts';
import { settle } from '../../support/fake-clock.ts';
import { FakeKube } from '../../support/fake-kube.ts';
import { jobOf, nodeImageOf, nodeOf } from '../fleet.ts';
import { runCaches } from '../stage.ts';

const options = { maxPullsPerRegistry: 10, version: '1' };

async function world(fill: (kube: FakeKube) => void) {
  const kube = new FakeKube();
  fill(kube);
  const running = await runCaches(kube, kube.clock);
  const feed = new Feed(options, { caches: running.caches, clock: kube.clock });
  return { kube, feed, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

const seedNode = (kube: FakeKube, ...args: Parameters<typeof nodeImageOf>): void => {
  kube.seed(NODES, nodeOf(args[0]));
  kube.seed(NODE_IMAGES, nodeImageOf(...args));
};

describe('the feed of the dashboard', () => {
  it('tells the state of each node by what is most urgent there', async () => {
    await using it = await world(kube => {
      seedNode(kube, 'a', 'warm');
      seedNode(kube, 'b', 'pulling', { progress: 40 });
      seedNode(kube, 'c', 'waiting');
      seedNode(kube, 'd', 'failed', { reason: 'NotFound' });
      seedNode(kube, 'e', 'idle');
      kube.seed(NODES, nodeOf('f', false));
      kube.seed(NODE_IMAGES, nodeImageOf('f', 'pulling'));
    });
    const { nodes } = it.feed.snapshot().tables;
    assert.deepEqual(
      Object.entries(nodes).map(([name, { state, percent, why }]) => [name, state, percent, why]),
      [
        ['a', 'warm', undefined, undefined],
        ['b', 'pulling', 40, undefined],
        ['c', 'waiting', undefined, undefined],
        ['d', 'failed', undefined, 'NotFound'],
        ['e', 'idle', undefined, undefined],
        ['f', 'unavailable', 0, 'not Ready'],
      ],
    );
  });

  it('shows nodes as waiting that a running job has yet to reach, and as failed where it gave up', async () => {
    await using it = await world(kube => {
      for (const name of ['a', 'b', 'c']) seedNode(kube, name, 'idle');
      const spec = { selector: { names: ['a', 'b'] } };
      kube.seed(IMAGE_PULL_JOBS, jobOf('checkout', { spec, status: { failedNodes: ['b'] } }));
    });
    const { nodes } = it.feed.snapshot().tables;
    assert.deepEqual(
      Object.values(nodes).map(({ state }) => state),
      ['waiting', 'failed', 'idle'],
    );
    assert.deepEqual(it.feed.node('a')?.images, [
      { image: 'registry.example.com/shop/checkout:v42', state: 'waiting' },
    ]);
  });

  it('counts pulls and ceilings by registry on a replica that does not lead', async () => {
    await using it = await world(kube => {
      seedNode(kube, 'a', 'pulling');
      seedNode(kube, 'b', 'warm');
    });
    assert.deepEqual(it.feed.snapshot().tables.registries, {
      'registry.example.com': { inFlight: 1, heldJobs: 0, ceiling: 10 },
    });
  });

  it('leads whoever listens from a snapshot to the next one', async () => {
    await using it = await world(kube => {
      for (const name of ['a', 'b', 'c']) seedNode(kube, name, 'idle');
    });
    const { kube, feed } = it;
    let seen: Tables | undefined;
    const deltas: Delta[] = [];
    const unsubscribe = feed.subscribe(delta => deltas.push(delta));
    seen = feed.snapshot().tables;
    await kube.create(IMAGE_PULL_JOBS, jobOf('checkout'));
    await kube.delete(NODE_IMAGES, { name: 'b' });
    await settle();
    feed.tick();
    feed.tick();
    assert.equal(deltas.length, 1);
    for (const delta of deltas) seen = applyDelta(seen, delta);
    assert.deepEqual(seen, feed.snapshot().tables);
    assert.equal(seen.nodes['a']?.state, 'waiting');
    assert.equal(seen.nodes['b'], undefined);
    unsubscribe();
  });

  it('forgets everything when the last one has gone', async () => {
    await using it = await world(kube => seedNode(kube, 'a', 'idle'));
    const deltas: Delta[] = [];
    it.feed.subscribe(delta => deltas.push(delta))();
    await it.kube.delete(NODE_IMAGES, { name: 'a' });
    await settle();
    it.feed.tick();
    assert.deepEqual(deltas, []);
    assert.deepEqual(it.feed.snapshot().tables.nodes, {});
  });
});
