import assert from 'node:assert/strict';
import { IMAGE_PULL_JOBS, NODE_IMAGES, NODES, SECRETS } from '../../../api/resources.ts';
import type { FakeKube } from '../../support/fake-kube.ts';
import { clientOf } from '../client-of.ts';
import { mirrorsIn, node, pullJob, pullSecret, startCluster, startReplica } from '../cluster.ts';
import { lagging } from '../lagging.ts';

const MINUTE_MS = 60_000;

function seedKey(kube: FakeKube): void {
  kube.seed(SECRETS, pullSecret('key'));
}

describe('image-pull-job controller: late caches, late leaders', () => {
  it('copies a secret once, though its cache shows its own writes after the end of the job', async () => {
    await using cluster = await startCluster({ nodes: 2, pullMs: 300, seed: seedKey });
    cluster.kill();
    const { kube } = cluster;
    const client = clientOf(kube, {
      async *watch(resource, options) {
        for await (const event of kube.watch(resource, options)) {
          const late = resource.plural === IMAGE_PULL_JOBS.plural && event.type === 'MODIFIED';
          if (late) await kube.clock.sleep(3_000, options.signal);
          yield event;
        }
      },
    });
    await using replica = await startReplica(client, kube.clock);
    await replica.lead();
    await cluster.create(pullJob('warm', { pullSecrets: ['key'] }));
    await cluster.run(30_000);
    assert.equal(cluster.status('warm').succeeded, 2);
    const copies = kube.requests.filter(
      ({ verb, resource }) => verb === 'create' && resource === 'secrets',
    );
    assert.equal(copies.length, 1);
  });

  it('a new leader whose cache lags behind copies no secret for a job that has ended', async () => {
    await using cluster = await startCluster({ nodes: 2, pullMs: 3_000, seed: seedKey });
    const { client, release } = lagging(cluster.kube, IMAGE_PULL_JOBS);
    await cluster.create(pullJob('warm', { pullSecrets: ['key'] }));
    await cluster.run(1_000);
    await using standby = await startReplica(client, cluster.kube.clock);
    await cluster.run(4_000);
    assert.ok(cluster.status('warm').completionTime);
    cluster.kill();
    await standby.lead();
    await cluster.run(10_000);
    assert.deepEqual(mirrorsIn(cluster.kube), []);
    release();
    await cluster.run(60_000);
    assert.deepEqual(mirrorsIn(cluster.kube), []);
    assert.equal(cluster.status('warm').succeeded, 2);
  });

  it('a new leader that has yet to see a Node waits for it, however old the job is', async () => {
    await using cluster = await startCluster({
      nodes: 1,
      end: ({ node: name }) => (name === 'node-01' ? 'silent' : 'succeeds'),
    });
    const { client, release } = lagging(cluster.kube, NODES);
    await using standby = await startReplica(client, cluster.kube.clock);
    await cluster.create(pullJob('warm', { parallelism: 0 }));
    await cluster.run(15 * MINUTE_MS);
    await cluster.setNode(node('node-02'));
    await cluster.run(1_000);
    cluster.kill();
    await standby.lead();
    await cluster.run(5_000);
    release();
    await cluster.edit('warm', { parallelism: 2 });
    await cluster.run(5_000);
    assert.equal(cluster.status('warm').succeeded, 1);
  });

  it('a node that came and went while the watch of NodeImages is away is no target', async () => {
    await using cluster = await startCluster({ nodes: 2 });
    const { client, release } = lagging(cluster.kube);
    await using replica = await startReplica(client, cluster.kube.clock);
    cluster.kill();
    await replica.lead();
    await cluster.create(pullJob('warm', { parallelism: 0 }));
    await cluster.setNode(node('node-03'));
    await cluster.run(1_000);
    await cluster.kube.delete(NODES, { name: 'node-03' });
    await cluster.run(MINUTE_MS);
    assert.equal(await cluster.kube.get(NODE_IMAGES, { name: 'node-03' }), undefined);
    const { desired, waiting, unavailable } = cluster.status('warm');
    assert.deepEqual({ desired, waiting, unavailable }, { desired: 2, waiting: 2, unavailable: 0 });
    release();
  });

  it('a node that went before the answer to its last write came is no target', async () => {
    await using cluster = await startCluster({ nodes: 2, end: () => 'hangs' });
    const { kube } = cluster;
    const client = clientOf(kube, {
      patch: async (resource, name, patch, options) => {
        const answer = await kube.patch(resource, name, patch, options);
        if (name.name === 'node-03') await kube.clock.sleep(3_000);
        return answer;
      },
    });
    cluster.kill();
    await using replica = await startReplica(client, kube.clock);
    await replica.lead();
    await cluster.setNode(node('node-03'));
    await cluster.run(1_000);
    await cluster.create(pullJob('warm', { parallelism: 3 }));
    await cluster.run(1_000);
    await kube.delete(NODES, { name: 'node-03' });
    await cluster.run(MINUTE_MS);
    const { desired, active, unavailable } = cluster.status('warm');
    assert.deepEqual({ desired, active, unavailable }, { desired: 2, active: 2, unavailable: 0 });
  });

  it('a node that was full and has room again is served by a new leader', async () => {
    await using cluster = await startCluster({ nodes: 2, end: () => 'hangs' });
    const putImages = (value: object) => {
      const operations = [{ op: 'add', path: '/spec/images', value } as const];
      return cluster.kube.patch(NODE_IMAGES, { name: 'node-01' }, { type: 'json', operations });
    };
    const entry = { tags: [{ tag: 'v1', createdAt: '2025-12-31T00:00:00Z' }] };
    const full = Array.from({ length: 256 }, (_, index) => [`image-${index}`, entry] as const);
    await putImages(Object.fromEntries(full));
    await cluster.create(pullJob('warm'));
    await cluster.run(11 * MINUTE_MS);
    assert.deepEqual(cluster.status('warm').failedNodes, ['node-01']);
    cluster.kill();
    await putImages({});
    await using replica = await startReplica(cluster.kube, cluster.kube.clock);
    await replica.lead();
    await cluster.run(5_000);
    assert.equal(cluster.status('warm').active, 2);
  });
});
