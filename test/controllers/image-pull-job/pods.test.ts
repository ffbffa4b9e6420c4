import assert from 'node:assert/strict';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import { LABEL_WORKLOAD } from '../../../api/names.ts';
import { PODS } from '../../../api/resources.ts';
import { nodeNames, podOn, pullJob, startCluster } from '../cluster.ts';

const podSelector = { matchLabels: { app: 'web' } };

/** A job as predownloading makes it: pods of an old revision, and a controller. */
function rolloutJob(kind: string, parallelism: number): ImagePullJob {
  const selector = {
    ...podSelector,
    matchExpressions: [{ key: 'rev', operator: 'NotIn', values: ['v2'] } as const],
  };
  const job = pullJob('warm', { podSelector: selector, parallelism }, { [LABEL_WORKLOAD]: 'web' });
  const owner = {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind,
    name: 'web',
    uid: 'uid-web',
    controller: true,
  };
  return { ...job, metadata: { ...job.metadata, ownerReferences: [owner] } };
}

const pods = (count: number) =>
  nodeNames(count).map((name, index) => podOn(name, `web-${index}`, { app: 'web', rev: 'v1' }));

describe('image-pull-job controller: nodes chosen by pods', () => {
  it('serves the nodes of active pods of its namespace, each once', async () => {
    await using cluster = await startCluster({
      nodes: 5,
      seed: kube => {
        kube.seed(PODS, podOn('node-01', 'a'));
        kube.seed(PODS, podOn('node-01', 'b'));
        kube.seed(PODS, podOn('node-02', 'other', { app: 'other' }));
        const foreign = podOn('node-03', 'foreign');
        kube.seed(PODS, { ...foreign, metadata: { ...foreign.metadata, namespace: 'else' } });
        kube.seed(PODS, { ...podOn('node-04', 'ended'), status: { phase: 'Succeeded' } });
        kube.seed(PODS, podOn('node-05', 'c'));
      },
    });
    await cluster.create(pullJob('warm', { podSelector }));
    await cluster.run(2_000);
    assert.deepEqual(cluster.daemons.nodes, ['node-01', 'node-05']);
    assert.equal(cluster.status('warm').desired, 2);
  });

  it('lets a new pod bring its node into a running job at once (W28: and no pod of elsewhere)', async () => {
    await using cluster = await startCluster({
      nodes: 3,
      pullMs: 60_000,
      seed: kube => kube.seed(PODS, podOn('node-01', 'a')),
    });
    await cluster.create(pullJob('warm', { podSelector }));
    await cluster.setPod(podOn('node-02', 'b'));
    assert.deepEqual(cluster.holding(), ['node-01', 'node-02']);
  });

  it('W12: goes down the ordinals of an Advanced StatefulSet', async () => {
    await using cluster = await startCluster({
      nodes: 12,
      seed: kube => {
        for (const pod of pods(12)) kube.seed(PODS, pod);
      },
    });
    await cluster.create(rolloutJob('StatefulSet', 1));
    await cluster.run(30_000);
    assert.deepEqual(cluster.daemons.nodes, nodeNames(12).reverse());
  });

  it('W12: leaves the nodes that the rollout reaches at once for last', async () => {
    await using cluster = await startCluster({
      nodes: 4,
      seed: kube => {
        for (const pod of pods(4)) kube.seed(PODS, pod);
      },
    });
    const job = rolloutJob('StatefulSet', 1);
    const annotations = { 'headstart/updates-at-once': '1' };
    await cluster.create({ ...job, metadata: { ...job.metadata, annotations } });
    await cluster.run(20_000);
    assert.deepEqual(cluster.daemons.nodes, ['node-03', 'node-02', 'node-01', 'node-04']);
  });

  it('W12: starts with the pods of a CloneSet that serve least', async () => {
    const [a, b, c] = pods(3);
    assert.ok(a && b && c);
    await using cluster = await startCluster({
      nodes: 3,
      seed: kube => {
        kube.seed(PODS, a);
        kube.seed(PODS, { ...b, status: { phase: 'Pending' } });
        kube.seed(PODS, {
          ...c,
          status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] },
        });
      },
    });
    await cluster.create(rolloutJob('CloneSet', 1));
    await cluster.run(10_000);
    assert.deepEqual(cluster.daemons.nodes, ['node-02', 'node-03', 'node-01']);
  });

  it('never has more pulls than the parallelism while pods move on, and ends with the rollout', async () => {
    await using cluster = await startCluster({
      nodes: 20,
      pullMs: 5_000,
      seed: kube => {
        for (const pod of pods(20)) kube.seed(PODS, pod);
      },
    });
    await cluster.create(rolloutJob('CloneSet', 3));
    for (const [index, name] of nodeNames(20).entries()) {
      await cluster.run(500);
      await cluster.setPod(podOn(name, `web-${index}`, { app: 'web', rev: 'v2' }));
    }
    await cluster.run(10_000);
    assert.equal(cluster.daemons.mostAtOnce, 3);
    const status = cluster.status('warm');
    assert.ok(status.completionTime);
    assert.equal(status.succeeded, status.desired, 'what was finished stays counted');
    assert.ok(status.succeeded >= 3 && status.succeeded < 20);
    assert.ok(
      status.conditions?.some(
        ({ type, reason }) => type === 'Complete' && reason === 'RolloutOvertook',
      ),
    );
  });

  it('lets a started pull end after its pod moved, and drops one that was not started', async () => {
    const end = ({ node }: { node: string }) => (node === 'node-02' ? 'silent' : 'succeeds');
    await using cluster = await startCluster({
      nodes: 3,
      end,
      pullMs: 5_000,
      seed: kube => {
        for (const pod of pods(3)) kube.seed(PODS, pod);
      },
    });
    await cluster.create(rolloutJob('CloneSet', 2));
    assert.deepEqual(cluster.holding(), ['node-01', 'node-02']);
    await cluster.deletePod('web-0');
    await cluster.deletePod('web-1');
    await cluster.run(1_000);
    assert.deepEqual(cluster.holding(), ['node-01', 'node-03']);
    await cluster.run(9_000);
    const { desired, succeeded } = cluster.status('warm');
    assert.deepEqual({ desired, succeeded }, { desired: 2, succeeded: 2 });
  });

  it('opens again for a cold node while its rollout lasts, without pulling anything twice', async () => {
    await using cluster = await startCluster({
      nodes: 4,
      seed: kube => {
        for (const pod of pods(2)) kube.seed(PODS, pod);
      },
    });
    await cluster.create(rolloutJob('CloneSet', 2));
    await cluster.run(3 * 60 * 60_000);
    assert.ok(cluster.status('warm').completionTime);
    assert.deepEqual(cluster.holding(), ['node-01', 'node-02'], 'entries stay as long as the job');
    await cluster.setPod(podOn('node-04', 'web-9', { app: 'web', rev: 'v1' }));
    assert.equal(cluster.status('warm').completionTime, undefined);
    await cluster.run(3_000);
    assert.equal(cluster.status('warm').succeeded, 3);
    assert.ok(cluster.status('warm').completionTime);
    assert.deepEqual(cluster.daemons.nodes, ['node-01', 'node-02', 'node-04']);
  });

  it('follows an edit of the pod selector, as the controller of the rollout makes it', async () => {
    await using cluster = await startCluster({
      nodes: 4,
      pullMs: 60_000,
      seed: kube => {
        for (const pod of pods(4)) kube.seed(PODS, pod);
      },
    });
    await cluster.create({
      ...rolloutJob('CloneSet', 1),
      spec: pullJob('', { podSelector, parallelism: 2 }).spec,
    });
    await cluster.setPod(podOn('node-01', 'web-0', { app: 'web', rev: 'v2' }));
    assert.deepEqual(cluster.holding(), ['node-01', 'node-02']);
    const { podSelector: old } = rolloutJob('CloneSet', 2).spec;
    await cluster.edit('warm', old === undefined ? {} : { podSelector: old });
    await cluster.run(1_000);
    assert.deepEqual(cluster.holding(), ['node-02', 'node-03']);
    assert.equal(cluster.status('warm').desired, 3);
  });
});
