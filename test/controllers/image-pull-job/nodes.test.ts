import assert from 'node:assert/strict';
import { NODE_IMAGES } from '../../../api/resources.ts';
import { node, pullJob, startCluster } from '../cluster.ts';

const MINUTE_MS = 60_000;

const conditionOf = (cluster: Awaited<ReturnType<typeof startCluster>>, type: string) => {
  const found = cluster.status('warm').conditions?.find(condition => condition.type === type);
  return found && `${found.status} ${found.reason}`;
};

describe('image-pull-job controller: which nodes it serves', () => {
  it('W5: treats selector {} as every node, for new nodes too', async () => {
    await using cluster = await startCluster({ nodes: 2, pullMs: 5_000 });
    await cluster.create(pullJob('warm', { selector: {} }));
    assert.deepEqual(cluster.holding(), ['node-01', 'node-02']);
    await cluster.setNode(node('node-09'));
    await cluster.run(1_000);
    assert.deepEqual(cluster.holding(), ['node-01', 'node-02', 'node-09']);
  });

  it('W6: an empty list of names is refused and never means every node', async () => {
    await using cluster = await startCluster();
    await cluster.create(pullJob('warm', { selector: { names: [] } }));
    assert.equal(conditionOf(cluster, 'Failed'), 'True InvalidSpec');
    assert.deepEqual(cluster.holding(), []);
  });

  it('lets new nodes, and nodes that change their labels, join a running job at once', async () => {
    const nodes = [node('node-01', { labels: { pool: 'a' } }), node('node-02')];
    await using cluster = await startCluster({ nodes, pullMs: 60_000 });
    await cluster.create(pullJob('warm', { selector: { matchLabels: { pool: 'a' } } }));
    assert.deepEqual(cluster.holding(), ['node-01']);
    await cluster.setNode(node('node-03', { labels: { pool: 'a' } }));
    await cluster.setNode(node('node-02', { labels: { pool: 'a' } }));
    assert.deepEqual(cluster.holding(), ['node-01', 'node-02', 'node-03']);
    await cluster.run(1_000);
    assert.equal(cluster.status('warm').desired, 3);
  });

  it('W14: a job that matches nothing fails and says so', async () => {
    await using cluster = await startCluster();
    await cluster.create(pullJob('warm', { selector: { matchLabels: { pool: 'none' } } }));
    const status = cluster.status('warm');
    assert.equal(status.message, 'job has completed: no node matches');
    assert.ok(status.completionTime);
    assert.equal(conditionOf(cluster, 'Failed'), 'True NoMatchingNodes');
    assert.deepEqual(await cluster.events(), [
      'Warning NoMatchingNodes: job has completed: no node matches',
    ]);
  });

  it('W14: names that do not exist are named, the others are served in the order given', async () => {
    await using cluster = await startCluster({ nodes: 3 });
    const names = ['node-03', 'gone-1', 'node-01'];
    await cluster.create(pullJob('warm', { parallelism: 1, selector: { names } }));
    await cluster.run(5_000);
    const status = cluster.status('warm');
    assert.deepEqual(cluster.daemons.nodes, ['node-03', 'node-01']);
    assert.equal(status.message, 'job has completed: 1 failed (NodeNotFound: gone-1)');
    assert.deepEqual([status.desired, status.succeeded, status.failed], [3, 2, 1]);
    assert.equal(conditionOf(cluster, 'Failed'), 'True TargetsFailed');
  });

  it('W14: when no named node exists nothing matched', async () => {
    await using cluster = await startCluster();
    await cluster.create(pullJob('warm', { selector: { names: ['a', 'b'] } }));
    assert.equal(
      cluster.status('warm').message,
      'job has completed: 2 failed (NodeNotFound: a, b)',
    );
    assert.equal(conditionOf(cluster, 'Failed'), 'True NoMatchingNodes');
  });

  it('W3: a node that is not Ready takes no slot and joins when it recovers', async () => {
    const nodes = [
      node('node-01', { ready: 'Unknown' }),
      node('node-02', { diskPressure: true }),
      node('node-03'),
    ];
    await using cluster = await startCluster({ nodes });
    await cluster.create(pullJob('warm', { parallelism: 1 }));
    await cluster.run(2_000);
    const { unavailable, succeeded, waiting } = cluster.status('warm');
    assert.deepEqual(
      { unavailable, succeeded, waiting },
      { unavailable: 2, succeeded: 1, waiting: 0 },
    );
    assert.deepEqual(cluster.daemons.nodes, ['node-03']);
    await cluster.run(1_000);
    assert.equal(conditionOf(cluster, 'Progressing'), 'True WaitingForNodes');
    await cluster.setNode(node('node-01'));
    await cluster.setNode(node('node-02'));
    await cluster.run(5_000);
    assert.equal(cluster.status('warm').succeeded, 3);
  });

  it('W3: after ten minutes nobody waits for an unavailable node', async () => {
    const nodes = [node('node-01', { ready: 'False' }), node('node-02')];
    await using cluster = await startCluster({ nodes });
    await cluster.create(pullJob('warm'));
    await cluster.run(10 * MINUTE_MS - 1_000);
    assert.equal(cluster.status('warm').completionTime, undefined);
    await cluster.run(1_000);
    assert.equal(cluster.status('warm').message, 'job has completed: 1 failed (NodeUnavailable)');
  });

  it('W2: a node that dies while pulling gives its slot back after ten minutes', async () => {
    const end = ({ node: name }: { node: string }) => (name === 'node-01' ? 'hangs' : 'succeeds');
    await using cluster = await startCluster({ nodes: 2, end });
    await cluster.create(pullJob('warm', { parallelism: 1 }));
    await cluster.run(5_000);
    await cluster.setNode(node('node-01', { ready: 'Unknown', since: '2026-01-01T00:00:05Z' }));
    await cluster.run(10 * MINUTE_MS - 1_000);
    assert.deepEqual(cluster.daemons.nodes, ['node-01']);
    await cluster.run(4_000);
    assert.deepEqual(cluster.daemons.nodes, ['node-01', 'node-02']);
    assert.equal(cluster.entry('node-01'), undefined);
    assert.deepEqual(cluster.status('warm').failedNodes, ['node-01']);
    assert.equal(cluster.daemons.mostAtOnce, 1);
  });

  it('W2: a daemon that never ends a pull loses it after the deadline of the tag', async () => {
    await using cluster = await startCluster({ nodes: 1, end: () => 'hangs' });
    const pullPolicy = { timeoutSeconds: 60, backoffLimit: 0 };
    await cluster.create(pullJob('warm', { pullPolicy }));
    const seconds = cluster.entry('node-01')?.pullPolicy?.activeDeadlineSeconds ?? 0;
    assert.ok(seconds > 60 && seconds < 3_600, `${seconds} s`);
    await cluster.run(seconds * 1_000 + 10 * MINUTE_MS - 1_000);
    assert.equal(cluster.status('warm').failed, 0);
    await cluster.run(1_000);
    assert.equal(cluster.status('warm').message, 'job has completed: 1 failed (NodeUnavailable)');
    assert.equal(cluster.entry('node-01'), undefined);
  });

  it('W13: a node with 256 images fails for the job by name, and hides nobody', async () => {
    const images = Object.fromEntries(
      Array.from({ length: 256 }, (_, index) => [
        `image-${index}`,
        { tags: [{ tag: 'v1', createdAt: '2025-12-31T00:00:00Z' }] },
      ]),
    );
    await using cluster = await startCluster({
      nodes: 3,
      end: ({ image }) => (image === 'nginx:1.27' ? 'succeeds' : 'silent'),
    });
    await cluster.kube.patch(
      NODE_IMAGES,
      { name: 'node-01' },
      { type: 'merge', body: { spec: { images } } },
    );
    await cluster.run();
    await cluster.create(pullJob('warm', { parallelism: 1 }));
    await cluster.run(5_000);
    const status = cluster.status('warm');
    assert.equal(status.succeeded, 2);
    assert.equal(status.message, 'job has completed: 1 failed (NodeImageFull)');
    assert.match(
      status.failures?.[0]?.exampleMessage ?? '',
      /256 images.*nginx of job default\/warm/,
    );
  });

  it('W46: nodes that an edit no longer selects lose the entry', async () => {
    const nodes = [
      node('a-1', { labels: { pool: 'a' } }),
      node('b-1', { labels: { pool: 'b' } }),
      node('b-2', { labels: { pool: 'b' } }),
    ];
    const end = ({ node: name }: { node: string }) => (name === 'b-1' ? 'succeeds' : 'hangs');
    await using cluster = await startCluster({ nodes, end });
    await cluster.create(pullJob('warm', { selector: { matchLabels: { pool: 'b' } } }));
    await cluster.run(3_000);
    assert.deepEqual(cluster.holding(), ['b-1', 'b-2']);
    await cluster.edit('warm', { selector: { matchLabels: { pool: 'a' } } });
    await cluster.run(2_000);
    assert.deepEqual(cluster.holding(), ['a-1']);
    const { desired, active, succeeded, observedGeneration } = cluster.status('warm');
    assert.deepEqual(
      { desired, active, succeeded, observedGeneration },
      { desired: 1, active: 1, succeeded: 0, observedGeneration: 2 },
    );
  });
});
