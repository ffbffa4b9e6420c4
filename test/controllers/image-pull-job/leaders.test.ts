import assert from 'node:assert/strict';
import { IMAGE_PULL_JOBS, PODS } from '../../../api/resources.ts';
import { KubeError } from '../../../kube/kube-error.ts';
import { createPlainMetrics } from '../../../runtime/plain-metrics.ts';
import type { FakeKube } from '../../support/fake-kube.ts';
import { clientOf } from '../client-of.ts';
import { node, nodeNames, podOn, pullJob, startCluster, startReplica } from '../cluster.ts';
import { lagging } from '../lagging.ts';

const MINUTE_MS = 60_000;

/** The first in the order of the job can't be served at first: who forgets a slot gives it to that node when it recovers. */
const FIRST_DOWN = nodeNames(4).map((name, index) =>
  node(name, { ready: index === 0 ? 'False' : 'True' }),
);

describe('image-pull-job controller: leaders and lost answers', () => {
  it('a new leader goes on where the old one was killed: no node twice, never more than the parallelism', async () => {
    await using cluster = await startCluster({ nodes: 20, pullMs: 3_000 });
    await cluster.create(pullJob('warm', { parallelism: 4 }));
    await cluster.run(7_000);
    cluster.kill();
    await cluster.run(9_000);
    await using replica = await startReplica(cluster.kube, cluster.kube.clock);
    await replica.lead();
    await cluster.run(30_000);
    assert.equal(cluster.daemons.mostAtOnce, 4);
    assert.deepEqual([...cluster.daemons.nodes].sort(), nodeNames(20));
    assert.equal(cluster.status('warm').succeeded, 20);
    assert.equal(cluster.status('warm').startTime, '2026-01-01T00:00:00Z');
  });

  it('a new leader takes a percentage of the nodes that the status names last: never more, and the progress stands', async () => {
    const seed = (kube: FakeKube) => {
      for (const name of nodeNames(20)) kube.seed(PODS, podOn(name, `web-${name}`));
    };
    await using cluster = await startCluster({ nodes: 20, pullMs: 2_000, seed });
    const podSelector = { matchLabels: { app: 'web' } };
    await cluster.create(pullJob('warm', { parallelism: '20%', podSelector }));
    await cluster.run(2_500);
    assert.equal(cluster.daemons.pulling, 4);
    for (const name of nodeNames(20).slice(10)) await cluster.deletePod(`web-${name}`);
    await cluster.run(1_000);
    const before = cluster.status('warm');
    assert.deepEqual([before.desired, before.succeeded], [10, 4]);
    cluster.kill();
    await cluster.run(9_000);
    await using replica = await startReplica(cluster.kube, cluster.kube.clock);
    await replica.lead();
    await cluster.run(100);
    assert.equal(cluster.daemons.pulling, 2);
    const after = cluster.status('warm');
    assert.deepEqual([after.desired, after.succeeded], [10, 8]);
    assert.equal(after.message, 'job is running, progress 80.0%');
    await cluster.run(5_000);
    assert.equal(cluster.status('warm').message, 'job has completed');
    assert.equal(cluster.daemons.mostAtOnce, 4);
  });

  it('a new leader whose cache lags behind first reads what the old one wrote last', async () => {
    await using cluster = await startCluster({ nodes: FIRST_DOWN, end: () => 'hangs' });
    const { client, release } = lagging(cluster.kube);
    // The standby has its caches, and then sees no NodeImage change any longer.
    await using standby = await startReplica(client, cluster.kube.clock);
    await cluster.create(pullJob('warm', { parallelism: 2 }));
    cluster.kill();
    await cluster.setNode(node('node-01'));
    await standby.lead();
    await cluster.run(5_000);
    assert.deepEqual(cluster.daemons.nodes, ['node-02', 'node-03']);
    release();
    await cluster.run(1_000);
    assert.equal(cluster.daemons.mostAtOnce, 2);
  });

  it('counts its own assignments while the cache does not show them yet', async () => {
    await using cluster = await startCluster({ nodes: FIRST_DOWN, pullMs: 60_000 });
    cluster.kill();
    const { client, release } = lagging(cluster.kube);
    await using replica = await startReplica(client, cluster.kube.clock);
    await replica.lead();
    await cluster.create(pullJob('warm', { parallelism: 2 }));
    await cluster.run(1_000);
    await cluster.setNode(node('node-01'));
    await cluster.run(1_000);
    assert.deepEqual(cluster.holding(), ['node-02', 'node-03']);
    release();
    await cluster.run(1_000);
    assert.deepEqual(cluster.holding(), ['node-02', 'node-03']);
  });

  it('a write whose answer was lost holds its slot, even before the cache shows it', async () => {
    await using cluster = await startCluster({ nodes: FIRST_DOWN, end: () => 'hangs' });
    cluster.kill();
    const { client } = lagging(cluster.kube);
    await using replica = await startReplica(client, cluster.kube.clock);
    await replica.lead();
    let lost = 0;
    cluster.kube.after = ({ verb, resource, subresource }) => {
      if (verb !== 'patch' || resource !== 'nodeimages' || subresource || lost++ > 0) return;
      throw new KubeError('socket hang up', { status: 0, retryable: true });
    };
    await cluster.create(pullJob('warm', { parallelism: 1 }));
    await cluster.setNode(node('node-01'));
    await cluster.run(5_000);
    assert.equal(lost, 1);
    assert.deepEqual(cluster.daemons.nodes, ['node-02']);
    assert.equal(cluster.status('warm').active, 1);
  });

  it('ends once, though its cache shows its own writes late and one by one', async () => {
    await using cluster = await startCluster({ nodes: 2, pullMs: 300 });
    cluster.kill();
    const { kube } = cluster;
    const client = clientOf(kube, {
      async *watch(resource, options) {
        for await (const event of kube.watch(resource, options)) {
          if (resource.plural === IMAGE_PULL_JOBS.plural) {
            await kube.clock.sleep(700, options.signal);
          }
          yield event;
        }
      },
    });
    const metrics = createPlainMetrics();
    await using replica = await startReplica(client, kube.clock, { metrics });
    await replica.lead();
    await cluster.create(pullJob('warm', { parallelism: 1 }));
    await cluster.run(30_000);
    assert.equal(cluster.status('warm').succeeded, 2);
    assert.equal(cluster.status('warm').completionTime, '2026-01-01T00:00:01Z');
    assert.match(await metrics.exposition(), /^headstart_jobs_ended_total{.*} 1$/m);
  });

  it('a node that the API server refuses to write fails alone', async () => {
    await using cluster = await startCluster({ nodes: 3 });
    cluster.kube.before = ({ verb, name, subresource }) => {
      if (verb !== 'patch' || name !== 'node-02' || subresource) return;
      throw new KubeError('admission webhook "x" denied the request', {
        status: 422,
        reason: 'Invalid',
      });
    };
    await cluster.create(pullJob('warm', { parallelism: 1 }));
    await cluster.run(5_000);
    const status = cluster.status('warm');
    assert.equal(status.succeeded, 2);
    assert.equal(status.message, 'job has completed: 1 failed (NodeImageRefused)');
  });

  for (const status of [400, 403, 413]) {
    it(`a node that somebody's policy refuses to have written (${status}) fails alone, after ten minutes`, async () => {
      await using cluster = await startCluster({ nodes: 3 });
      cluster.kube.before = ({ verb, resource, name, subresource }) => {
        if (verb !== 'patch' || resource !== 'nodeimages') return;
        if (name !== 'node-02' || subresource) return;
        throw new KubeError('policy no-images denied the request', { status });
      };
      await cluster.create(pullJob('warm', { parallelism: 1 }));
      await cluster.run(9 * MINUTE_MS);
      const { succeeded, waiting, completionTime } = cluster.status('warm');
      assert.deepEqual([succeeded, waiting, completionTime], [2, 1, undefined]);
      await cluster.run(3 * MINUTE_MS);
      const { message, failures } = cluster.status('warm');
      assert.equal(message, 'job has completed: 1 failed (NodeImageRefused)');
      assert.match(failures?.[0]?.exampleMessage ?? '', /policy no-images denied/);
    });
  }

  it('goes on with the other nodes while one can not be written, and comes back to it', async () => {
    await using cluster = await startCluster({ nodes: 3 });
    let down = true;
    cluster.kube.before = ({ verb, name, subresource }) => {
      if (!down || verb !== 'patch' || name !== 'node-01' || subresource) return;
      throw new KubeError('etcdserver: request timed out', { status: 500, retryable: true });
    };
    await cluster.create(pullJob('warm', { parallelism: 3 }));
    await cluster.run(3_000);
    assert.equal(cluster.status('warm').succeeded, 2);
    down = false;
    await cluster.run(2 * MINUTE_MS);
    assert.equal(cluster.status('warm').succeeded, 3);
  });

  it('a silent node is failed after ten minutes, and the next leader remembers it', async () => {
    const end = ({ node }: { node: string }) => (node === 'node-01' ? 'silent' : 'hangs');
    await using cluster = await startCluster({ nodes: 2, end });
    await cluster.create(pullJob('warm', { parallelism: 2 }));
    await cluster.run(11 * MINUTE_MS);
    assert.equal(cluster.entry('node-01'), undefined);
    assert.deepEqual(cluster.status('warm').failedNodes, ['node-01']);
    cluster.kill();
    await using replica = await startReplica(cluster.kube, cluster.kube.clock);
    await replica.lead();
    await cluster.run(5_000);
    assert.equal(cluster.entry('node-01'), undefined);
    assert.deepEqual(cluster.status('warm').failedNodes, ['node-01']);
  });

  it('W48: entries of a job that was deleted while no manager ran are dropped', async () => {
    await using cluster = await startCluster({ nodes: 3, pullMs: 60_000 });
    await cluster.create(pullJob('warm'));
    cluster.kill();
    await cluster.kube.delete(IMAGE_PULL_JOBS, { name: 'warm', namespace: 'default' });
    await cluster.run(1_000);
    assert.equal(cluster.holding().length, 3);
    await using replica = await startReplica(cluster.kube, cluster.kube.clock);
    await replica.lead();
    await cluster.run(1_000);
    assert.deepEqual(cluster.holding(), []);
    assert.equal(cluster.daemons.pulling, 0);
  });

  it('a job made anew under its old name starts afresh', async () => {
    await using cluster = await startCluster({ nodes: 2 });
    await cluster.create(pullJob('warm', { imagePullPolicy: 'Always' }));
    await cluster.run(3_000);
    await cluster.kube.delete(IMAGE_PULL_JOBS, { name: 'warm', namespace: 'default' });
    await cluster.create(pullJob('warm', { imagePullPolicy: 'Always' }));
    await cluster.run(3_000);
    assert.equal(cluster.daemons.pulls.length, 4);
    assert.equal(cluster.status('warm').succeeded, 2);
  });
});
