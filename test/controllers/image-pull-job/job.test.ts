import assert from 'node:assert/strict';
import { isConditionTrue } from '../../../api/conditions.ts';
import { IMAGE_PULL_JOBS } from '../../../api/resources.ts';
import { node, nodeNames, pullJob, startCluster } from '../cluster.ts';

const MINUTE_MS = 60_000;

const conditionOf = (cluster: Awaited<ReturnType<typeof startCluster>>, type: string) => {
  const found = cluster.status('warm').conditions?.find(condition => condition.type === type);
  return found && `${found.status} ${found.reason}`;
};

describe('image-pull-job controller: a job and its nodes', () => {
  it('brings the image to every node, completes, and says so', async () => {
    await using cluster = await startCluster({ nodes: 3 });
    await cluster.create(pullJob('warm'));
    assert.deepEqual(cluster.holding(), nodeNames(3));
    assert.equal(cluster.status('warm').message, 'job is running, progress 0.0%');
    assert.equal(conditionOf(cluster, 'Progressing'), 'True Pulling');
    await cluster.run(2_000);
    const { conditions: _, ...status } = cluster.status('warm');
    assert.deepEqual(status, {
      observedGeneration: 1,
      startTime: '2026-01-01T00:00:00Z',
      completionTime: '2026-01-01T00:00:02Z',
      desired: 3,
      active: 0,
      waiting: 0,
      unavailable: 0,
      succeeded: 3,
      failed: 0,
      message: 'job has completed',
    });
    assert.equal(conditionOf(cluster, 'Progressing'), 'False Succeeded');
    assert.equal(conditionOf(cluster, 'Complete'), 'True Succeeded');
    assert.deepEqual(await cluster.events(), [
      'Normal JobCompleted: Image nginx:1.27 is on 3 of 3 nodes',
    ]);
  });

  it('serves 50 nodes five at a time, never more, in order, without a gap', async () => {
    await using cluster = await startCluster({ nodes: 50 });
    await cluster.create(pullJob('warm', { parallelism: 5 }));
    await cluster.run(20_000);
    assert.equal(cluster.daemons.mostAtOnce, 5);
    assert.deepEqual(cluster.daemons.nodes, nodeNames(50));
    assert.equal(cluster.status('warm').completionTime, '2026-01-01T00:00:20Z');
  });

  it('costs two writes for each node, and one status a second', async () => {
    await using cluster = await startCluster({ nodes: 50, pullMs: 10_000 });
    const before = cluster.kube.writes.length;
    await cluster.create(pullJob('warm', { parallelism: 25 }));
    await cluster.run(25_000);
    const writes = cluster.kube.writes.slice(before);
    const assigned = writes.filter(
      ({ resource, subresource }) => resource === 'nodeimages' && !subresource,
    );
    assert.equal(assigned.length, 50);
    const statuses = writes.filter(
      ({ resource, subresource }) => resource === 'imagepulljobs' && subresource,
    );
    assert.ok(statuses.length <= 6, `${statuses.length} writes of the status`);
  });

  it('takes up a change of parallelism at once, and 0 pauses', async () => {
    await using cluster = await startCluster({ nodes: 6, pullMs: 10_000 });
    await cluster.create(pullJob('warm', { parallelism: 0 }));
    assert.equal(cluster.daemons.pulling, 0);
    assert.equal(conditionOf(cluster, 'Progressing'), 'True Paused');
    await cluster.edit('warm', { parallelism: '50%' });
    assert.equal(cluster.daemons.pulling, 3);
    await cluster.edit('warm', { parallelism: 1 });
    await cluster.run(10_000);
    assert.equal(cluster.daemons.pulling, 1);
    assert.equal(cluster.daemons.mostAtOnce, 3);
  });

  it('groups failures by reason, names the nodes, and fails', async () => {
    const end = ({ node }: { node: string }) =>
      node === 'node-01' ? 'succeeds' : { reason: 'Unauthorized', message: `401 on ${node}` };
    await using cluster = await startCluster({ nodes: 5, end });
    await cluster.create(pullJob('warm'));
    await cluster.run(3_000);
    const status = cluster.status('warm');
    assert.equal(status.message, 'job has completed: 4 failed (Unauthorized)');
    assert.deepEqual(status.failedNodes, nodeNames(5).slice(1));
    assert.deepEqual(status.failures, [
      {
        reason: 'Unauthorized',
        count: 4,
        exampleNode: 'node-02',
        exampleMessage: '401 on node-02',
      },
    ]);
    assert.equal(conditionOf(cluster, 'Failed'), 'True TargetsFailed');
    assert.equal(isConditionTrue(status.conditions, 'Complete'), false);
    const events = await cluster.events();
    assert.equal(events.filter(event => event.startsWith('Warning PullImageFailed')).length, 1);
  });

  it('ends when its deadline passes and stops the pulls that run', async () => {
    await using cluster = await startCluster({ nodes: 4, end: () => 'hangs' });
    const completionPolicy = { type: 'Always', activeDeadlineSeconds: 60 } as const;
    const pullPolicy = { timeoutSeconds: 30 };
    await cluster.create(pullJob('warm', { parallelism: 2, completionPolicy, pullPolicy }));
    await cluster.run(59_000);
    assert.equal(cluster.status('warm').completionTime, undefined);
    await cluster.run(1_000);
    const status = cluster.status('warm');
    assert.equal(status.completionTime, '2026-01-01T00:01:00Z');
    assert.equal(status.message, 'job exceeds activeDeadlineSeconds: 4 failed (DeadlineExceeded)');
    assert.equal(status.failed, 4);
    assert.deepEqual(status.failedNodes, nodeNames(4));
    assert.deepEqual(cluster.holding(), []);
    assert.equal(cluster.daemons.pulling, 0);
  });

  it('deletes the job when its TTL is over, and then the entries', async () => {
    await using cluster = await startCluster();
    const completionPolicy = { type: 'Always', ttlSecondsAfterFinished: 60 } as const;
    await cluster.create(pullJob('warm', { completionPolicy }));
    await cluster.run(2_000);
    assert.equal(cluster.holding().length, 3);
    await cluster.run(59_000);
    assert.ok(cluster.kube.read(IMAGE_PULL_JOBS, 'default/warm'));
    await cluster.run(1_000);
    assert.equal(cluster.kube.read(IMAGE_PULL_JOBS, 'default/warm'), undefined);
    assert.deepEqual(cluster.holding(), []);
  });

  it('fails an invalid spec that came around webhooks and schema', async () => {
    await using cluster = await startCluster();
    await cluster.create(pullJob('warm', { selector: {}, podSelector: {}, image: 'UPPER' }));
    const { message = '' } = cluster.status('warm');
    assert.match(message, /^job is invalid: 2 problems:/);
    assert.equal(conditionOf(cluster, 'Failed'), 'True InvalidSpec');
    assert.deepEqual(cluster.holding(), []);
  });

  it('W1: entries of an unfinished job outlive their TTL and are not pulled again', async () => {
    await using cluster = await startCluster({ nodes: 40, pullMs: 100_000 });
    const pullPolicy = { timeoutSeconds: 120, backoffLimit: 0 };
    await cluster.create(pullJob('warm', { parallelism: 1, pullPolicy }));
    const ttlSeconds = cluster.entry('node-01')?.pullPolicy?.ttlSecondsAfterFinished ?? 0;
    assert.ok(ttlSeconds * 1_000 < 40 * 100_000, 'the job outlives the TTL');
    await cluster.run(39 * 100_000);
    assert.equal(cluster.holding().length, 40, 'none went, and the last one is being pulled');
    await cluster.run(100_000);
    assert.deepEqual(cluster.daemons.nodes, nodeNames(40));
    assert.equal(cluster.status('warm').succeeded, 40);
    await cluster.run(ttlSeconds * 1_000);
    assert.deepEqual(cluster.holding(), [], 'once the job ended, the TTL counts');
  });

  it('spreads an edited policy to the pulls that run, without starting them over', async () => {
    await using cluster = await startCluster({ nodes: 2, end: () => 'hangs' });
    await cluster.create(pullJob('warm'));
    await cluster.edit('warm', { pullPolicy: { timeoutSeconds: 900 } });
    assert.equal(cluster.entry('node-01')?.pullPolicy?.timeoutSeconds, 900);
    assert.equal(cluster.entry('node-01')?.version, 0);
    assert.equal(cluster.daemons.pulls.length, 2);
  });

  it('Never: stays, serves new nodes, and pulls again after a day', async () => {
    await using cluster = await startCluster({ nodes: 2 });
    await cluster.create(
      pullJob('warm', { completionPolicy: { type: 'Never' }, imagePullPolicy: 'Always' }),
    );
    await cluster.run(5_000);
    assert.equal(cluster.status('warm').completionTime, undefined);
    assert.equal(conditionOf(cluster, 'Progressing'), 'True WaitingForNextPull');
    await cluster.setNode(node('node-09'));
    await cluster.run(5_000);
    assert.equal(cluster.status('warm').succeeded, 3);
    await cluster.run(23 * 60 * MINUTE_MS);
    assert.equal(cluster.daemons.pulls.length, 3);
    await cluster.run(75 * MINUTE_MS);
    assert.equal(cluster.daemons.pulls.length, 6);
    assert.equal(cluster.entry('node-01')?.version, 1);
    assert.equal(cluster.status('warm').succeeded, 3);
  });

  it('does nothing while its gate is off, but lets deleted jobs go (W21)', async () => {
    const job = pullJob('warm', { pullSecrets: ['key'] });
    const finalizers = ['apps.kruise.io/deletion-protection'];
    await using cluster = await startCluster({ gateOff: true });
    await cluster.create({ ...job, metadata: { ...job.metadata, finalizers } });
    assert.deepEqual(cluster.holding(), []);
    await cluster.remove('warm');
    assert.equal(cluster.kube.read(IMAGE_PULL_JOBS, 'default/warm'), undefined);
  });
});
