import assert from 'node:assert/strict';
import { IMAGE_PULL_JOBS, NODE_IMAGES, PODS } from '../../../api/resources.ts';
import type { FakeKube } from '../../support/fake-kube.ts';
import { node, nodeNames, podOn, pullJob, startCluster } from '../cluster.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const conditionOf = (cluster: Awaited<ReturnType<typeof startCluster>>, type: string) => {
  const found = cluster.status('warm').conditions?.find(condition => condition.type === type);
  return found && `${found.status} ${found.reason}`;
};

describe('image-pull-job controller: at the edges', () => {
  it('parallelism 0, 5, 0: started pulls go on, and no further ones start', async () => {
    await using cluster = await startCluster({ nodes: 12, pullMs: 10_000 });
    await cluster.create(pullJob('warm', { parallelism: 0 }));
    await cluster.edit('warm', { parallelism: 5 });
    assert.equal(cluster.daemons.pulling, 5);
    await cluster.edit('warm', { parallelism: 0 });
    assert.equal(cluster.daemons.pulling, 5);
    await cluster.run(HOUR_MS);
    assert.equal(cluster.daemons.pulls.length, 5);
    const { succeeded, waiting, completionTime } = cluster.status('warm');
    assert.deepEqual([succeeded, waiting, completionTime], [5, 7, undefined]);
    assert.equal(conditionOf(cluster, 'Progressing'), 'True Paused');
    await cluster.edit('warm', { parallelism: '100%' });
    await cluster.run(11_000);
    assert.equal(cluster.status('warm').message, 'job has completed');
  });

  it('a percentage follows a growing number of targets, and never falls behind the largest', async () => {
    const seed = (kube: FakeKube) => {
      for (const name of nodeNames(10)) kube.seed(PODS, podOn(name, `web-${name}`));
    };
    await using cluster = await startCluster({ nodes: 20, end: () => 'hangs', seed });
    const podSelector = { matchLabels: { app: 'web' } };
    await cluster.create(pullJob('warm', { parallelism: '20%', podSelector }));
    assert.equal(cluster.daemons.pulling, 2);
    for (const name of nodeNames(20).slice(10)) await cluster.setPod(podOn(name, `web-${name}`));
    assert.equal(cluster.daemons.pulling, 4);
    for (const name of nodeNames(20).slice(10)) await cluster.deletePod(`web-${name}`);
    assert.equal(cluster.status('warm').desired, 10);
    assert.equal(cluster.daemons.pulling, 4);
  });

  it('TTL 0 deletes it as soon as it ended, and then the entries', async () => {
    await using cluster = await startCluster();
    const completionPolicy = { type: 'Always', ttlSecondsAfterFinished: 0 } as const;
    await cluster.create(pullJob('warm', { completionPolicy }));
    await cluster.run(1_999);
    assert.ok(cluster.kube.read(IMAGE_PULL_JOBS, 'default/warm'));
    await cluster.run(1);
    assert.equal(cluster.kube.read(IMAGE_PULL_JOBS, 'default/warm'), undefined);
    assert.deepEqual(cluster.holding(), []);
  });

  it('W15: its deadline counts each node once, also those that are unavailable', async () => {
    const nodes = nodeNames(4).map((name, index) =>
      node(name, index < 2 ? { ready: 'False' } : {}),
    );
    const end = ({ node: name }: { node: string }) => (name === 'node-03' ? 'succeeds' : 'hangs');
    await using cluster = await startCluster({ nodes, end });
    const completionPolicy = { type: 'Always', activeDeadlineSeconds: 60 } as const;
    const pullPolicy = { timeoutSeconds: 30 };
    await cluster.create(pullJob('warm', { completionPolicy, pullPolicy, pullSecrets: ['none'] }));
    await cluster.run(MINUTE_MS);
    const { desired, succeeded, failed, failedNodes, message } = cluster.status('warm');
    assert.deepEqual({ desired, succeeded, failed }, { desired: 4, succeeded: 1, failed: 3 });
    assert.deepEqual(failedNodes, ['node-01', 'node-02', 'node-04']);
    assert.equal(message, 'job exceeds activeDeadlineSeconds: 3 failed (DeadlineExceeded)');
    assert.equal(conditionOf(cluster, 'Failed'), 'True DeadlineExceeded');
  });

  it('W44: names 1,000 of 1,050 failed nodes and counts them all', async () => {
    const names = Array.from({ length: 1_050 }, (_, index) => `gone-${index}`);
    await using cluster = await startCluster({ nodes: 1 });
    await cluster.create(pullJob('warm', { selector: { names: [...names, 'node-01'] } }));
    await cluster.run(3_000);
    const { failedNodes, failed, succeeded, message = '' } = cluster.status('warm');
    assert.deepEqual([failedNodes?.length, failed, succeeded], [1_000, 1_050, 1]);
    assert.ok(message.length < 200, message);
  });

  it('Never: a job that matches nothing waits, says so, and serves the node that comes', async () => {
    await using cluster = await startCluster({ nodes: 1 });
    const selector = { matchLabels: { pool: 'gpu' } };
    await cluster.create(pullJob('warm', { selector, completionPolicy: { type: 'Never' } }));
    assert.equal(conditionOf(cluster, 'Progressing'), 'True NoMatchingNodes');
    assert.equal(cluster.status('warm').message, 'job is running, no progress');
    await cluster.setNode(node('node-09', { labels: { pool: 'gpu' } }));
    await cluster.run(3_000);
    assert.equal(cluster.status('warm').succeeded, 1);
  });

  it('Never: tries a failed node again the next day, and spreads its pulls over twenty minutes', async () => {
    let day = 0;
    const end = () => (day === 0 ? { reason: 'NotFound', message: 'no such tag' } : 'succeeds');
    await using cluster = await startCluster({ nodes: 30, end });
    await cluster.create(pullJob('warm', { completionPolicy: { type: 'Never' } }));
    await cluster.run(MINUTE_MS);
    assert.equal(cluster.status('warm').failed, 30);
    day = 1;
    await cluster.run(25 * HOUR_MS);
    assert.deepEqual([cluster.status('warm').failed, cluster.status('warm').succeeded], [0, 30]);
    const again = cluster.daemons.pulls.slice(30).map(({ atMs }) => atMs);
    assert.equal(again.length, 30);
    const spreadMs = Math.max(...again) - Math.min(...again);
    assert.ok(spreadMs > 10 * MINUTE_MS && spreadMs < 20 * MINUTE_MS, `${spreadMs} ms`);
    assert.ok(cluster.daemons.mostAtOnce <= 30);
  });

  it('a node whose NodeImage never comes fails after ten minutes, so that the job ends', async () => {
    await using cluster = await startCluster({ nodes: 1 });
    const { kube } = cluster;
    kube.before = async ({ verb, resource, name }) => {
      if (verb === 'create' && resource === 'nodeimages' && name === 'node-02') {
        await kube.clock.sleep(24 * HOUR_MS);
      }
    };
    await cluster.setNode(node('node-02'));
    await cluster.create(pullJob('warm', { selector: { names: ['node-01', 'node-02'] } }));
    await cluster.run(10 * MINUTE_MS - 1_000);
    assert.equal(cluster.status('warm').unavailable, 1);
    await cluster.run(1_000);
    const { message, failedNodes } = cluster.status('warm');
    assert.equal(message, 'job has completed: 1 failed (NodeUnavailable)');
    assert.deepEqual(failedNodes, ['node-02']);
  });

  it('has seen an edit that comes after its end, so that kubectl wait does not wait for ever', async () => {
    await using cluster = await startCluster({ nodes: 1 });
    await cluster.create(pullJob('warm'));
    await cluster.run(3_000);
    const { conditions, observedGeneration, ...before } = cluster.status('warm');
    assert.equal(observedGeneration, 1);
    await cluster.edit('warm', { parallelism: 7 });
    const { conditions: after, observedGeneration: seen, ...status } = cluster.status('warm');
    assert.equal(seen, 2);
    assert.deepEqual(status, before);
    const expected = conditions?.map(each => ({ ...each, observedGeneration: 2 }));
    assert.deepEqual(after, expected);
  });

  it('puts back an entry that a person took away, and keeps one that a person wrote', async () => {
    await using cluster = await startCluster({ nodes: 2, pullMs: 10_000 });
    await cluster.create(pullJob('warm', { parallelism: 1 }));
    await cluster.run(11_000);
    const edit = (images: object) =>
      cluster.kube.patch(
        NODE_IMAGES,
        { name: 'node-01' },
        { type: 'merge', body: { spec: { images } } },
      );
    await edit({ nginx: null, redis: { tags: [{ tag: '7' }] } });
    await cluster.run(11_000);
    assert.equal(cluster.entry('node-01')?.version, 0);
    assert.ok(cluster.entry('node-01', 'redis:7')?.createdAt);
    await cluster.run(11_000);
    assert.equal(cluster.status('warm').succeeded, 2);
  });

  it('serves a node again whose NodeImage a person deleted', async () => {
    await using cluster = await startCluster({ nodes: 2, pullMs: 10_000 });
    await cluster.create(pullJob('warm'));
    await cluster.run(1_000);
    await cluster.kube.delete(NODE_IMAGES, { name: 'node-01' });
    await cluster.run(12_000);
    assert.equal(cluster.status('warm').succeeded, 2);
    assert.equal(cluster.daemons.pulls.filter(({ node: name }) => name === 'node-01').length, 2);
  });

  it('logs one line when a job starts, ends and is deleted', async () => {
    await using cluster = await startCluster({ nodes: 2 });
    const completionPolicy = { type: 'Always', ttlSecondsAfterFinished: 60 } as const;
    await cluster.create(pullJob('warm', { completionPolicy }));
    await cluster.run(5 * MINUTE_MS);
    const lines = cluster.log.at('info').map(({ message, fields }) => ({ message, ...fields }));
    const job = { imagePullJob: 'default/warm', image: 'nginx:1.27', targets: 2 };
    assert.deepEqual(
      lines.filter(({ message }) => message.includes('ImagePullJob')),
      [
        { message: 'Started ImagePullJob', ...job, parallelism: 100 },
        { message: 'Completed ImagePullJob', ...job, reason: 'Succeeded', succeeded: 2, failed: 0 },
        { message: 'Deleted ImagePullJob', imagePullJob: 'default/warm', ttlSeconds: 60 },
      ],
    );
  });
});
