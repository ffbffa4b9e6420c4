import assert from 'node:assert/strict';
import { IMAGE_PULL_JOBS, PODS } from '../../../api/resources.ts';
import type { Metrics } from '../../../runtime/metrics.ts';
import { createPlainMetrics } from '../../../runtime/plain-metrics.ts';
import type { FakeKube } from '../../support/fake-kube.ts';
import { node, nodeNames, podOn, pullJob, startCluster } from '../cluster.ts';

const podSelector = { matchLabels: { app: 'web' } };

/** How often jobs were looked at. */
async function looksAtJobs(metrics: Metrics): Promise<number> {
  const text = await metrics.exposition();
  const found = /^workqueue_adds_total{name="image-pull-job"} (\d+)$/m.exec(text);
  return Number(found?.[1] ?? Number.NaN);
}

/** A job that waits for a node that is down, so that it is open and has nothing to do. */
const DOWN = node('down', { ready: 'False', since: '2026-01-01T00:00:00Z' });

describe('image-pull-job controller: what wakes a job', () => {
  it('W28: a pod wakes the jobs of its namespace that choose it, and no others', async () => {
    const metrics = createPlainMetrics();
    const nodes = [DOWN, node('node-01')];
    const seed = (kube: FakeKube) => kube.seed(PODS, podOn('down', 'waits'));
    await using cluster = await startCluster({ nodes, metrics, seed });
    await cluster.create(pullJob('warm', { podSelector }));
    await cluster.run(2_000);
    const before = await looksAtJobs(metrics);
    const foreign = podOn('node-01', 'foreign');
    await cluster.kube.create(PODS, {
      ...foreign,
      metadata: { ...foreign.metadata, namespace: 'elsewhere' },
    });
    await cluster.setPod(podOn('node-01', 'other', { app: 'other' }));
    assert.equal(await looksAtJobs(metrics), before);
    await cluster.setPod(podOn('node-01', 'mine'));
    assert.ok((await looksAtJobs(metrics)) > before);
    assert.deepEqual(cluster.holding(), ['node-01']);
  });

  it('W38: what a node reports wakes the jobs that own its tags, and no others', async () => {
    const metrics = createPlainMetrics();
    await using cluster = await startCluster({ nodes: 20, metrics, pullMs: 60_000 });
    for (const [index, name] of nodeNames(20).entries()) {
      const spec = { image: `app:v${index}`, selector: { names: [name] } };
      await cluster.create(pullJob(`job-${index}`, spec));
    }
    await cluster.run(10_000);
    const before = await looksAtJobs(metrics);
    await cluster.run(55_000);
    const looks = (await looksAtJobs(metrics)) - before;
    assert.equal(cluster.status('job-19').succeeded, 1);
    // The end of its pull, its own status, and what its entry does to it then.
    assert.ok(looks <= 20 * 4, `${looks} looks at 20 jobs`);
  });

  it('W47: a selector that nobody can read keeps no event from the others', async () => {
    await using cluster = await startCluster({ nodes: 3, pullMs: 60_000 });
    const operator = 'Near' as 'In';
    const odd = { matchExpressions: [{ key: 'app', operator, values: ['web'] }] };
    await cluster.create(pullJob('a-odd', { podSelector: odd }));
    await cluster.create(pullJob('b-odd', { selector: odd }));
    await cluster.setPod(podOn('node-01', 'web-1'));
    await cluster.create(pullJob('warm', { podSelector, parallelism: 1 }));
    await cluster.setPod(podOn('node-02', 'web-2'));
    assert.equal(cluster.status('a-odd').conditions?.[0]?.reason, 'InvalidSpec');
    assert.equal(cluster.status('b-odd').conditions?.[0]?.reason, 'InvalidSpec');
    await cluster.run(130_000);
    assert.deepEqual(cluster.daemons.nodes, ['node-01', 'node-02']);
  });

  it('W49: a pod that ends takes its node out of what is still to be done', async () => {
    const seed = (kube: FakeKube) => {
      for (const name of nodeNames(3)) kube.seed(PODS, podOn(name, `web-${name}`));
    };
    await using cluster = await startCluster({ nodes: 3, pullMs: 10_000, seed });
    await cluster.create(pullJob('warm', { podSelector, parallelism: 1 }));
    assert.equal(cluster.status('warm').desired, 3);
    await cluster.setPod({ ...podOn('node-03', 'web-node-03'), status: { phase: 'Failed' } });
    await cluster.run(30_000);
    assert.deepEqual(cluster.daemons.nodes, ['node-01', 'node-02']);
    const { desired, succeeded } = cluster.status('warm');
    assert.deepEqual([desired, succeeded], [2, 2]);
  });

  it('W27: nothing is kept of jobs that came and went', async () => {
    const metrics = createPlainMetrics();
    await using cluster = await startCluster({ nodes: 3, metrics });
    const ttl = { type: 'Always', ttlSecondsAfterFinished: 5 } as const;
    for (let index = 0; index < 12; index++) {
      await cluster.create(
        pullJob(`job-${index}`, { image: `app:v${index}`, completionPolicy: ttl }),
      );
      if (index % 3 === 0) await cluster.remove(`job-${index}`);
    }
    await cluster.run(60_000);
    assert.deepEqual(cluster.kube.readAll(IMAGE_PULL_JOBS), []);
    const text = await metrics.exposition();
    const left = [...text.matchAll(/^(headstart_(?:jobs|jobs_open|targets)(?:{.*})?) (\d+)$/gm)];
    assert.ok(left.length >= 5, text);
    for (const [, name, count] of left) assert.equal(count, '0', name);
    assert.match(text, /^workqueue_depth{name="image-pull-job"} 0$/m);
    assert.match(text, /^headstart_cache_objects{resource="imagepulljobs.apps.kruise.io"} 0$/m);
    assert.ok(cluster.kube.clock.pending < 30, 'no timer waits for them');
  });
});
