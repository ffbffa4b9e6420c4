import assert from 'node:assert/strict';
import { NODE_IMAGES } from '../../../api/resources.ts';
import { KubeError } from '../../../kube/kube-error.ts';
import { pullJob, startCluster, startReplica } from '../cluster.ts';

// Found by test/model; each case is its shortest course of events.
describe('image-pull-job controller: races', () => {
  it('starts nothing in a job whose deadline has passed', async () => {
    await using cluster = await startCluster({ nodes: 2 });
    await cluster.create(pullJob('warm', { parallelism: 0, pullPolicy: { timeoutSeconds: 10 } }));
    await cluster.run(20_000);
    const completionPolicy = { type: 'Always', activeDeadlineSeconds: 20 } as const;
    await cluster.edit('warm', { parallelism: 1, completionPolicy });
    await cluster.run(1_000);
    assert.equal(
      cluster.status('warm').message,
      'job exceeds activeDeadlineSeconds: 2 failed (DeadlineExceeded)',
    );
    assert.deepEqual(cluster.daemons.pulls, []);
    assert.equal(cluster.nodeImage('node-01').metadata.generation, 1);
  });

  it('does not hammer the API server about a NodeImage that has gone and that a late cache still shows', async () => {
    await using cluster = await startCluster({ nodes: 2 });
    cluster.kube.before = async ({ verb, resource }) => {
      if (verb === 'watch' && resource === 'nodeimages') await cluster.kube.clock.sleep(5_000);
    };
    cluster.kube.endWatches();
    await cluster.kube.delete(NODE_IMAGES, { name: 'node-01' });
    await cluster.run(1_000);
    let writes = 0;
    cluster.kube.before = ({ verb, name }) => {
      if (verb !== 'patch' || name !== 'node-01') return;
      // Without an end the test would never see it.
      if (++writes > 20) throw new KubeError('too many', { status: 500 });
    };
    await cluster.create(pullJob('warm'));
    await cluster.run(100);
    assert.equal(writes, 1);
    await cluster.run(10_000);
    assert.equal(cluster.status('warm').succeeded, 2);
  });

  it('a replica that leads again does not know better than the one that led meanwhile', async () => {
    const end = ({ node }: { node: string }) => (node === 'node-01' ? 'silent' : 'hangs');
    await using cluster = await startCluster({ nodes: 2, end });
    cluster.kill();
    await using first = await startReplica(cluster.kube, cluster.kube.clock);
    await using second = await startReplica(cluster.kube, cluster.kube.clock);
    await first.lead();
    await cluster.create(pullJob('warm'));
    await first.resign();
    await second.lead();
    await cluster.run(11 * 60_000);
    assert.deepEqual(cluster.status('warm').failedNodes, ['node-01']);
    await second.resign();
    await first.lead();
    await cluster.run(5_000);
    assert.equal(cluster.entry('node-01'), undefined);
    assert.deepEqual(cluster.status('warm').failedNodes, ['node-01']);
  });

  it('gives a silent node up for good also when the answer to taking its entry away is lost', async () => {
    await using cluster = await startCluster({ nodes: 1, end: () => 'silent' });
    await cluster.create(pullJob('warm'));
    await cluster.run(9 * 60_000);
    let lost = 0;
    cluster.kube.after = ({ verb, resource, subresource }) => {
      if (verb !== 'patch' || resource !== 'nodeimages' || subresource || lost++ > 0) return;
      throw new KubeError('socket hang up', { status: 0, retryable: true });
    };
    await cluster.run(2 * 60_000);
    assert.equal(lost, 1);
    assert.deepEqual(cluster.status('warm').failedNodes, ['node-01']);
    assert.equal(cluster.entry('node-01'), undefined);
  });
});
