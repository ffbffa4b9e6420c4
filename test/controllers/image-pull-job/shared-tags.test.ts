import assert from 'node:assert/strict';
import { pullJob, startCluster } from '../cluster.ts';

describe('image-pull-job controller: several jobs on one tag', () => {
  it('W37: a second job shares the pull that runs, and each keeps its policy and result', async () => {
    await using cluster = await startCluster({ nodes: 1, pullMs: 10_000 });
    await cluster.create(pullJob('first', { pullPolicy: { timeoutSeconds: 100 } }));
    await cluster.run(1_000);
    await cluster.create(pullJob('second', { pullPolicy: { timeoutSeconds: 200 } }));
    const entry = cluster.entry('node-01');
    assert.equal(entry?.version, 0);
    assert.equal(entry?.pullPolicy?.timeoutSeconds, 200);
    assert.equal(entry?.ownerReferences?.length, 2);
    await cluster.run(10_000);
    assert.equal(cluster.daemons.pulls.length, 1);
    assert.equal(cluster.status('first').succeeded, 1);
    assert.equal(cluster.status('second').succeeded, 1);
  });

  it('W37: no second pull when the image is there and the policy is IfNotPresent', async () => {
    await using cluster = await startCluster({ nodes: 2 });
    await cluster.create(pullJob('first', { completionPolicy: { type: 'Never' } }));
    await cluster.run(3_000);
    await cluster.create(pullJob('second'));
    await cluster.run(1_000);
    assert.equal(cluster.status('second').succeeded, 2);
    assert.equal(cluster.entry('node-01')?.version, 0);
    assert.equal(cluster.daemons.pulls.length, 2);
  });

  it('W37: a job that always pulls raises the version, and the first keeps its result', async () => {
    await using cluster = await startCluster({ nodes: 2, pullMs: 5_000 });
    const parallelism = 1;
    await cluster.create(pullJob('first', { parallelism }));
    await cluster.run(6_000);
    assert.deepEqual([cluster.status('first').succeeded, cluster.status('first').active], [1, 1]);
    await cluster.create(pullJob('second', { parallelism, imagePullPolicy: 'Always' }));
    await cluster.run(1_000);
    assert.equal(cluster.entry('node-01')?.version, 1);
    const first = cluster.status('first');
    assert.deepEqual([first.succeeded, first.active], [1, 1], 'a later version reopens nothing');
    await cluster.run(20_000);
    assert.equal(cluster.status('first').succeeded, 2);
    assert.equal(cluster.status('second').succeeded, 2);
  });

  it('a second job tries again where the first failed, and the first stays failed', async () => {
    await using cluster = await startCluster({
      nodes: 2,
      pullMs: 5_000,
      end: ({ node, version }) =>
        node === 'node-01' && version === 0
          ? { reason: 'NotFound', message: 'no such tag' }
          : 'succeeds',
    });
    await cluster.create(pullJob('first', { parallelism: 1 }));
    await cluster.run(6_000);
    await cluster.create(pullJob('second'));
    await cluster.run(20_000);
    assert.deepEqual(cluster.status('first').failedNodes, ['node-01']);
    assert.equal(cluster.status('second').succeeded, 2);
  });

  it('deleting one job leaves the entry to the other; deleting both removes it', async () => {
    await using cluster = await startCluster({ nodes: 2, pullMs: 60_000 });
    await cluster.create(pullJob('first'));
    await cluster.create(pullJob('second'));
    await cluster.remove('first');
    const entry = cluster.entry('node-01');
    assert.deepEqual(
      entry?.ownerReferences?.map(({ name }) => name),
      ['second'],
    );
    assert.equal(entry?.owners?.length, 1);
    assert.equal(cluster.daemons.pulling, 2);
    await cluster.remove('second');
    assert.deepEqual(cluster.holding(), []);
    assert.deepEqual(cluster.nodeImage('node-01').spec, { images: {} });
    assert.equal(cluster.daemons.pulling, 0);
  });
});
