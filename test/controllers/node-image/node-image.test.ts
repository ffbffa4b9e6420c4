import assert from 'node:assert/strict';
import type { Node } from '../../../api/core.ts';
import { IMAGE_PULL_JOBS, NODE_IMAGES, NODES } from '../../../api/resources.ts';
import { clientOf } from '../client-of.ts';
import { type Cluster, node, nodeNames, pullJob, startCluster, startReplica } from '../cluster.ts';

const MINUTE_MS = 60_000;

const names = (cluster: Cluster) =>
  cluster.kube.readAll(NODE_IMAGES).map(({ metadata }) => metadata.name);
const writesOf = (cluster: Cluster) =>
  cluster.kube.writes.filter(
    ({ resource, subresource }) => resource === 'nodeimages' && !subresource,
  );

describe('node-image controller', () => {
  it('W25: makes a NodeImage with the labels of its Node, before the Node is Ready, in one write', async () => {
    const labels = { pool: 'a' };
    await using cluster = await startCluster({ nodes: [node('new', { ready: 'False', labels })] });
    const made = cluster.nodeImage('new');
    assert.deepEqual(made.metadata.labels, { 'kubernetes.io/hostname': 'new', pool: 'a' });
    const [owner] = made.metadata.ownerReferences ?? [];
    assert.equal(owner?.uid, cluster.kube.read(NODES, 'new')?.metadata.uid);
    assert.equal(writesOf(cluster).length, 1);
  });

  it('W25: never lets a NotIn selector match a new node for a moment', async () => {
    await using cluster = await startCluster({ nodes: 1, end: () => 'hangs' });
    const matchExpressions = [{ key: 'pool', operator: 'NotIn', values: ['a'] } as const];
    await cluster.create(pullJob('warm', { selector: { matchExpressions } }));
    await cluster.setNode(node('new', { labels: { pool: 'a' } }));
    await cluster.run(5_000);
    assert.deepEqual(cluster.daemons.nodes, ['node-01']);
  });

  it('makes one for each of many nodes with one write each', async () => {
    await using cluster = await startCluster({ nodes: 200 });
    assert.deepEqual(names(cluster), nodeNames(200).sort());
    assert.equal(writesOf(cluster).length, 200);
  });

  const without: readonly [string, Node][] = [
    ['virtual-kubelet nodes', node('vk', { labels: { type: 'virtual-kubelet' } })],
    ['Windows nodes', node('win', { os: 'windows' })],
    [
      'Windows nodes that have only said so in their label',
      node('win', { os: '', labels: { 'kubernetes.io/os': 'windows' } }),
    ],
  ];
  for (const [what, each] of without) {
    it(`makes none for ${what}`, async () => {
      await using cluster = await startCluster({ nodes: [each, node('linux')] });
      assert.deepEqual(names(cluster), ['linux']);
    });
  }

  it('keeps labels equal to those of the Node and writes only when they differ', async () => {
    await using cluster = await startCluster({ nodes: 1 });
    const before = writesOf(cluster).length;
    await cluster.setNode(node('node-01', { labels: { pool: 'b' } }));
    assert.equal(cluster.nodeImage('node-01').metadata.labels?.['pool'], 'b');
    await cluster.setNode(node('node-01', { labels: { pool: 'b' }, ready: 'False' }));
    assert.equal(writesOf(cluster).length, before + 1);
    await cluster.kube.patch(
      NODES,
      { name: 'node-01' },
      { type: 'merge', body: { metadata: { labels: { pool: null } } } },
    );
    await cluster.run();
    assert.equal(cluster.nodeImage('node-01').metadata.labels?.['pool'], undefined);
  });

  it('deletes it with the Node', async () => {
    await using cluster = await startCluster({ nodes: 2 });
    await cluster.kube.delete(NODES, { name: 'node-01' });
    await cluster.run();
    assert.deepEqual(names(cluster), ['node-02']);
  });

  it('starts afresh for a Node that was made anew under its old name', async () => {
    const images = { redis: { tags: [{ tag: '7', createdAt: '2026-01-01T00:00:00Z' }] } };
    const ownerReferences = [
      { apiVersion: 'v1', kind: 'Node', name: 'node-01', uid: 'uid-of-old' },
    ];
    await using cluster = await startCluster({
      nodes: 1,
      seed: kube =>
        kube.seed(NODE_IMAGES, {
          metadata: { name: 'node-01', ownerReferences },
          spec: { images },
        }),
    });
    await cluster.run();
    const { metadata, spec } = cluster.nodeImage('node-01');
    assert.deepEqual(spec, {});
    assert.equal(
      metadata.ownerReferences?.[0]?.uid,
      cluster.kube.read(NODES, 'node-01')?.metadata.uid,
    );
  });

  it('lets a running job pull again on a Node that was made anew', async () => {
    await using cluster = await startCluster({ nodes: 1, pullMs: 1_000 });
    await cluster.create(pullJob('warm', { completionPolicy: { type: 'Never' } }));
    await cluster.run(2_000);
    await cluster.kube.delete(NODES, { name: 'node-01' });
    await cluster.setNode(node('node-01'));
    await cluster.run(2_000);
    assert.equal(cluster.daemons.pulls.length, 2);
    assert.equal(cluster.status('warm').succeeded, 1);
  });

  it('gives a NodeImage that the peer made its owner, and keeps its tags', async () => {
    const images = { redis: { tags: [{ tag: '7', createdAt: '2026-01-01T00:00:00Z' }] } };
    await using cluster = await startCluster({
      nodes: 1,
      seed: kube => kube.seed(NODE_IMAGES, { metadata: { name: 'node-01' }, spec: { images } }),
    });
    await cluster.run();
    assert.equal(cluster.nodeImage('node-01').metadata.ownerReferences?.[0]?.kind, 'Node');
    assert.equal(cluster.entry('node-01', 'redis:7')?.tag, '7');
  });

  it('leaves a NodeImage alone that stands for no Node', async () => {
    const labels = { 'apps.kruise.io/fake-nodeimage': '' };
    await using cluster = await startCluster({
      nodes: 1,
      seed: kube => kube.seed(NODE_IMAGES, { metadata: { name: 'fake', labels }, spec: {} }),
    });
    await cluster.run(5_000);
    assert.deepEqual(names(cluster), ['fake', 'node-01']);
    await cluster.create(pullJob('warm'));
    await cluster.run(3_000);
    assert.equal(cluster.status('warm').succeeded, 2);
  });

  it('deletes one that has lost its Node while nobody looked', async () => {
    await using cluster = await startCluster({
      nodes: 1,
      seed: kube => kube.seed(NODE_IMAGES, { metadata: { name: 'gone' }, spec: {} }),
    });
    await cluster.run();
    assert.deepEqual(names(cluster), ['node-01']);
  });

  it('asks the API server before it deletes: the cache of Nodes may be late', async () => {
    await using cluster = await startCluster({ nodes: 1 });
    cluster.kube.before = ({ verb, resource }) => {
      assert.ok(!(verb === 'delete' && resource === 'nodeimages'));
    };
    cluster.kill();
    const late = clientOf(cluster.kube, {
      async *pages(resource, options) {
        for await (const page of cluster.kube.pages(resource, options)) {
          yield resource.plural === NODES.plural ? { ...page, items: [] } : page;
        }
      },
    });
    await using replica = await startReplica(late, cluster.kube.clock);
    await replica.lead();
    await cluster.run(2_000);
    assert.deepEqual(names(cluster), ['node-01']);
  });

  it('drops an entry written by hand when its TTL is over', async () => {
    await using cluster = await startCluster({ nodes: 1 });
    const tags = [{ tag: '7', pullPolicy: { ttlSecondsAfterFinished: 60 } }];
    const body = { spec: { images: { redis: { tags } } } };
    await cluster.kube.patch(NODE_IMAGES, { name: 'node-01' }, { type: 'merge', body });
    await cluster.run();
    assert.equal(cluster.entry('node-01', 'redis:7')?.createdAt, '2026-01-01T00:00:00Z');
    await cluster.run(2_000 + 59_000);
    assert.ok(cluster.entry('node-01', 'redis:7'));
    await cluster.run(1_000);
    assert.deepEqual(cluster.nodeImage('node-01').spec, { images: {} });
  });

  it('drops the entries of a deleted job at once, on many nodes', async () => {
    await using cluster = await startCluster({ nodes: 60 });
    await cluster.create(pullJob('warm'));
    await cluster.run(3_000);
    assert.equal(cluster.holding().length, 60);
    await cluster.remove('warm');
    assert.deepEqual(cluster.holding(), []);
  });

  it('keeps the entry of a job that its cache does not show yet', async () => {
    await using cluster = await startCluster({ nodes: 1, pullMs: MINUTE_MS });
    let asked = 0;
    cluster.kube.before = ({ verb, resource }) => {
      if (verb === 'get' && resource === 'imagepulljobs') asked++;
    };
    // The job exists, but its watch event has been held back.
    cluster.kube.endWatches();
    const job = await cluster.kube.create(IMAGE_PULL_JOBS, pullJob('warm', { parallelism: 0 }));
    const { name, namespace = '', uid = '' } = job.metadata;
    const ownerReferences = [
      { apiVersion: 'apps.kruise.io/v1beta1', kind: 'ImagePullJob', name, namespace, uid },
    ];
    const gone = [{ ...ownerReferences[0], uid: 'uid-of-old' }];
    const images = {
      nginx: { tags: [{ tag: '1.27', createdAt: '2026-01-01T00:00:00Z', ownerReferences }] },
      old: { tags: [{ tag: '1', createdAt: '2026-01-01T00:00:00Z', ownerReferences: gone }] },
    };
    await cluster.kube.patch(
      NODE_IMAGES,
      { name: 'node-01' },
      { type: 'merge', body: { spec: { images } } },
    );
    await cluster.run(30_000);
    assert.ok(asked > 0);
    assert.ok(cluster.entry('node-01'));
    assert.equal(cluster.entry('node-01', 'old:1'), undefined);
  });
});
