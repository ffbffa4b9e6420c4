import assert from 'node:assert/strict';
import type { Node, Pod } from '../../api/core.ts';
import { NODES, PODS } from '../../api/resources.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { createScheduler } from '../../sim/scheduler.ts';
import { settle } from '../support/fake-clock.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const node = (name: string, status: 'True' | 'Unknown' = 'True'): Node => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status }] },
});

const pod = (name: string, nodeName?: string): Pod => ({
  metadata: { name, namespace: 'default' },
  spec: {
    containers: [{ name: 'main', image: 'app:v1' }],
    ...(nodeName === undefined ? {} : { nodeName }),
  },
});

/** Runs the scheduler on an API in memory. */
async function startScheduler(seed: { nodes?: readonly Node[]; pods?: readonly Pod[] }) {
  const kube = new FakeKube();
  for (const each of seed.nodes ?? []) kube.seed(NODES, each);
  for (const each of seed.pods ?? []) kube.seed(PODS, each);
  const base = { client: kube, clock: kube.clock, log: new RecordingLogger(), metrics: noMetrics };
  const scheduler = createScheduler({ ...base, random: () => 0.5 });
  const abort = new AbortController();
  const running = scheduler.run(abort.signal);
  await settle();
  return {
    kube,
    nodesOf: () =>
      Object.fromEntries(
        kube.readAll<Pod>(PODS).map(({ metadata, spec }) => [metadata.name, spec?.nodeName]),
      ),
    [Symbol.asyncDispose]: async () => {
      abort.abort(new Error('the test ended'));
      await running.catch(() => {});
    },
  };
}

describe('the stand-in for the scheduler', () => {
  it('spreads pods over nodes, by name and number among equals', async () => {
    const nodes = ['node-10', 'node-2', 'node-1'].map(name => node(name));
    await using world = await startScheduler({
      nodes,
      pods: ['a', 'b', 'c', 'd'].map(n => pod(n)),
    });
    assert.deepEqual(world.nodesOf(), { a: 'node-1', b: 'node-2', c: 'node-10', d: 'node-1' });
  });

  it('counts pods that have a node already', async () => {
    const nodes = [node('n1'), node('n2')];
    await using world = await startScheduler({ nodes, pods: [pod('old', 'n1'), pod('new')] });
    assert.deepEqual(world.nodesOf(), { old: 'n1', new: 'n2' });
  });

  it('uses no node that is not Ready', async () => {
    const nodes = [node('n1', 'Unknown'), node('n2')];
    await using world = await startScheduler({ nodes, pods: [pod('a'), pod('b')] });
    assert.deepEqual(world.nodesOf(), { a: 'n2', b: 'n2' });
  });

  it('lets a pod wait until there is a node', async () => {
    await using world = await startScheduler({ pods: [pod('a')] });
    assert.deepEqual(world.nodesOf(), { a: undefined });
    await world.kube.create(NODES, node('n1'));
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    await world.kube.patch(
      NODES,
      { name: 'n1' },
      { type: 'merge', body: { status } },
      { subresource: 'status' },
    );
    await world.kube.clock.advance(1_000);
    assert.deepEqual(world.nodesOf(), { a: 'n1' });
  });

  it('binds a pod once', async () => {
    await using world = await startScheduler({ nodes: [node('n1'), node('n2')], pods: [pod('a')] });
    const body = { metadata: { labels: { touched: 'yes' } } };
    await world.kube.patch(PODS, pod('a').metadata, { type: 'merge', body });
    world.kube.endWatches();
    await world.kube.clock.advance(5_000);
    const bindings = world.kube.writes.filter(({ body: patch }) =>
      JSON.stringify(patch).includes('nodeName'),
    );
    assert.equal(bindings.length, 1);
  });
});
