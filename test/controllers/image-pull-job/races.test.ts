import assert from 'node:assert/strict';
import { pullJob, startCluster } from '../cluster.ts';

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
});
