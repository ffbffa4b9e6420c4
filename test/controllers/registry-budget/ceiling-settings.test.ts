import assert from 'node:assert/strict';
import type { ConfigMap } from '../../../api/core.ts';
import { REGISTRY_BUDGET_CONFIG_MAP, SYSTEM_NAMESPACE } from '../../../api/names.ts';
import { CONFIG_MAPS } from '../../../api/resources.ts';
import type { FakeKube } from '../../support/fake-kube.ts';
import { type Cluster, pullJob, startCluster, startReplica } from '../cluster.ts';

const NAME = { name: REGISTRY_BUDGET_CONFIG_MAP, namespace: SYSTEM_NAMESPACE };

const ceilings = (text: string): ConfigMap => ({ metadata: NAME, data: { ceilings: text } });

const withCeilings = (text: string) => ({
  seed: (kube: FakeKube) => void kube.seed(CONFIG_MAPS, ceilings(text)),
});

async function edit({ kube, run }: Cluster, data: Readonly<Record<string, string>>): Promise<void> {
  await kube.patch(CONFIG_MAPS, NAME, { type: 'merge', body: { data } });
  await run();
}

const held = (cluster: Cluster, job = 'warm') =>
  cluster.status(job).conditions?.find(({ reason }) => reason === 'RegistryBudget')?.message;

describe('registry budget: the ConfigMap', () => {
  it('gives each registry its ceiling, and the flag counts for the others', async () => {
    const settings = withCeilings('a.example:5000 = 2\n*.b.example = 1');
    await using cluster = await startCluster({ nodes: 6, maxPullsPerRegistry: 3, ...settings });
    for (const [name, image] of [
      ['a', 'a.example:5000/app:1'],
      ['b', 'reg.b.example/app:1'],
      ['c', 'c.example/app:1'],
    ] as const) {
      await cluster.create(pullJob(name, { image }));
    }
    await cluster.run(1_000);
    const active = ['a', 'b', 'c'].map(name => cluster.status(name).active);
    assert.deepEqual(active, [2, 1, 3]);
  });

  it('lifts the ceiling of the flag for a registry that may have more', async () => {
    const settings = withCeilings('* = 1\nfast.example = unlimited');
    await using cluster = await startCluster({ nodes: 6, maxPullsPerRegistry: 2, ...settings });
    await cluster.create(pullJob('warm', { image: 'fast.example/app:1' }));
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 6);
  });

  it('an edit counts at once, in both directions, and stops no pull', async () => {
    await using cluster = await startCluster({
      nodes: 8,
      pullMs: 5_000,
      ...withCeilings('docker.io = 1'),
    });
    await cluster.create(pullJob('warm'));
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 1);
    await edit(cluster, { ceilings: 'docker.io = 4' });
    assert.equal(cluster.daemons.pulling, 4);
    await edit(cluster, { ceilings: 'docker.io = 2' });
    assert.equal(cluster.daemons.pulling, 4);
    await cluster.run(5_000);
    assert.equal(cluster.daemons.pulling, 2);
    await cluster.run(60_000);
    assert.equal(cluster.status('warm').succeeded, 8);
  });

  it('0 pauses a registry: what runs may end, and the status says why no more does', async () => {
    await using cluster = await startCluster({ nodes: 3, ...withCeilings('docker.io = 1') });
    await cluster.create(pullJob('warm'));
    await cluster.run(500);
    await edit(cluster, { ceilings: 'docker.io = 0' });
    await cluster.run(60_000);
    assert.equal(cluster.status('warm').succeeded, 1);
    assert.equal(cluster.status('warm').waiting, 2);
    assert.equal(held(cluster), 'pulls from docker.io are paused: its ceiling is 0');
    await edit(cluster, { ceilings: 'docker.io = 1' });
    await cluster.run(10_000);
    assert.equal(cluster.status('warm').succeeded, 3);
  });

  it('without the ConfigMap the flag counts again', async () => {
    await using cluster = await startCluster({ nodes: 3, ...withCeilings('* = 0') });
    await cluster.create(pullJob('warm'));
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 0);
    await cluster.kube.delete(CONFIG_MAPS, NAME);
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 3);
  });

  it('a mistake leaves all ceilings as they were, and is told', async () => {
    await using cluster = await startCluster({ nodes: 4, ...withCeilings('docker.io = 2') });
    await cluster.create(pullJob('warm', { pullPolicy: { timeoutSeconds: 60 } }));
    await edit(cluster, { ceilings: 'docker,io = 2\n* = ten', 'quay.io': '3' });
    await cluster.run(60_000);
    assert.equal(cluster.daemons.mostAtOnce, 2);
    const told = (await cluster.events()).filter(text => text.includes('InvalidRegistryBudget'));
    assert.equal(told.length, 1);
    assert.match(
      told[0] ?? '',
      /^Warning InvalidRegistryBudget: line 1: 'docker,io' is no registry/,
    );
    assert.match(told[0] ?? '', /line 2: 'ten' is no ceiling/);
    assert.match(told[0] ?? '', /data\.quay\.io is not read; write its line into data\.ceilings/);
    assert.match(told[0] ?? '', /the ceilings before it hold$/);
  });

  it('after a start the lines that can be read hold', async () => {
    const settings = withCeilings('docker.io = 1\nnonsense');
    await using cluster = await startCluster({ nodes: 3, ...settings });
    await cluster.create(pullJob('warm'));
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 1);
    const told = (await cluster.events()).join('\n');
    assert.match(told, /line 2: write a host and a number.*the other lines hold/);
  });

  it('reads that one ConfigMap and no other', async () => {
    await using cluster = await startCluster({ nodes: 3 });
    const other = { ...ceilings('* = 0'), metadata: { ...NAME, name: 'another' } };
    await cluster.kube.create(CONFIG_MAPS, other);
    await cluster.create(pullJob('warm'));
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 3);
  });

  it('a new leader has the ceilings before it starts a pull', async () => {
    await using cluster = await startCluster({ nodes: 6, ...withCeilings('docker.io = 2') });
    cluster.kill();
    await cluster.create(pullJob('warm'));
    await using replica = await startReplica(cluster.kube, cluster.kube.clock);
    await replica.lead();
    await cluster.run(30_000);
    assert.equal(cluster.daemons.mostAtOnce, 2);
    assert.equal(cluster.status('warm').succeeded, 6);
  });
});
