import assert from 'node:assert/strict';
import type { Pod } from '../../../api/core.ts';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import { objectKey } from '../../../api/meta.ts';
import { groupKindOf } from '../../../api/resource.ts';
import { ADVANCED_STATEFUL_SETS, CLONE_SETS, STATEFUL_SETS } from '../../../api/resources.ts';
import type { RollingUpdate, Workload } from '../../../api/workload.ts';
import { selectionOf } from '../../../controllers/image-pull-job/selection.ts';
import { INDEX_NODE } from '../../../controllers/informers.ts';
import { ObjectStore } from '../../../kube/object-store.ts';
import { podOn } from '../cluster.ts';
import { jobOf } from './builders.ts';

const KEY = objectKey('web', 'default');
const byWeight: RollingUpdate = {
  priorityStrategy: { weightPriority: [{ weight: 9, matchSelector: { matchLabels: { a: 'b' } } }] },
};

/** The order of nodes for a job that `resource` `default/web` owns. */
function nodesInOrder(
  pods: readonly Pod[],
  resource: typeof CLONE_SETS,
  rollingUpdate: RollingUpdate = {},
  annotations: Record<string, string> = {},
): readonly string[] {
  const store = new ObjectStore<Pod>({ [INDEX_NODE]: pod => [pod.spec?.nodeName ?? ''] });
  for (const pod of pods) store.set(pod);
  const workload: Workload = {
    metadata: { name: 'web', namespace: 'default' },
    spec: { updateStrategy: { rollingUpdate } },
  };
  const { metadata, ...job } = jobOf('job', { podSelector: { matchLabels: { app: 'web' } } });
  const { group, version, kind } = resource;
  const owner = {
    apiVersion: `${group}/${version}`,
    kind,
    name: 'web',
    uid: 'u',
    controller: true,
  };
  const owned: ImagePullJob = {
    ...job,
    metadata: { ...metadata, annotations, ownerReferences: [owner] },
  };
  const selection = selectionOf(owned, {
    nodeImages: { get: () => undefined, list: () => [] },
    pods: store,
    workloads: new Map([
      [groupKindOf(resource), { get: key => (key === KEY ? workload : undefined) }],
    ]),
  });
  return selection.inOrder(['n1', 'n2', 'n3']);
}

const labels = { app: 'web' };
const one = [
  podOn('n1', 'web-0', labels),
  podOn('n2', 'web-1', labels),
  podOn('n3', 'web-2', labels),
];
const weighted = one.map((pod, index) =>
  index === 2 ? { ...pod, metadata: { ...pod.metadata, labels: { ...labels, a: 'b' } } } : pod,
);

describe('the nodes of a rollout', () => {
  it('follows what the workload says about its updates (W12)', () => {
    assert.deepEqual(nodesInOrder(weighted, CLONE_SETS), ['n1', 'n2', 'n3']);
    assert.deepEqual(nodesInOrder(weighted, CLONE_SETS, byWeight), ['n3', 'n1', 'n2']);
  });

  it('goes down the ordinals of both kinds of StatefulSet', () => {
    for (const resource of [ADVANCED_STATEFUL_SETS, STATEFUL_SETS]) {
      assert.deepEqual(nodesInOrder(one, resource), ['n3', 'n2', 'n1']);
    }
  });

  it('takes of several pods on a node the one that is updated first', () => {
    const pods = [...one, podOn('n1', 'web-9', labels)];
    assert.deepEqual(nodesInOrder(pods, ADVANCED_STATEFUL_SETS), ['n1', 'n3', 'n2']);
  });

  it('puts a node whose pods have gone last', () => {
    assert.deepEqual(nodesInOrder(one.slice(1), ADVANCED_STATEFUL_SETS), ['n3', 'n2', 'n1']);
  });

  it('puts nodes whose kubelets pull at this moment last', () => {
    const atOnce = { 'headstart/updates-at-once': '2' };
    assert.deepEqual(nodesInOrder(one, ADVANCED_STATEFUL_SETS, {}, atOnce), ['n1', 'n3', 'n2']);
  });
});
