import assert from 'node:assert/strict';
import type { Node, Pod } from '../../api/core.ts';
import type { KubeObject } from '../../api/meta.ts';
import { CLONE_SETS, DEPLOYMENTS } from '../../api/resources.ts';
import {
  createInformers,
  INDEX_NAMESPACE,
  INDEX_NODE,
  INDEX_OPEN,
  INDEX_OWNER_UID,
  INDEX_UID,
  OPEN_FOR_NODES,
  openForPodsOf,
} from '../../controllers/informers.ts';
import { podTrimmer, trimLastApplied, trimNode, trimPod } from '../../controllers/trim.ts';
import type { Informer, InformerOptions } from '../../kube/informer.ts';
import { podOn } from './cluster.ts';
import { jobOf } from './image-pull-job/builders.ts';

/** The declared options of each informer, by plural. */
function declared(): Map<string, InformerOptions<KubeObject>> {
  const options = new Map<string, InformerOptions<KubeObject>>();
  createInformers(
    { workloads: [CLONE_SETS, DEPLOYMENTS] },
    {
      createInformer: <T extends KubeObject>(given: InformerOptions<T>): Informer<T> => {
        options.set(given.resource.plural, given as unknown as InformerOptions<KubeObject>);
        return {} as Informer<T>;
      },
    },
  );
  return options;
}

const filed = (plural: string, index: string, object: KubeObject) =>
  declared().get(plural)?.indexes?.[index]?.(object);

describe('createInformers', () => {
  it('declares one cache for each kind, workloads only as they are served', () => {
    const plurals = [
      'clonesets',
      'deployments',
      'imagelistpulljobs',
      'imagepulljobs',
      'nodeimages',
      'nodes',
      'pods',
    ];
    assert.deepEqual([...declared().keys()].sort(), plurals);
  });

  for (const plural of ['deployments', 'pods', 'nodes', 'nodeimages']) {
    it(`asks for the many ${plural} in pages`, () => {
      assert.equal(declared().get(plural)?.consistent, true);
    });
  }

  it('files jobs under what a new node or pod asks for', () => {
    const open = (job: KubeObject) => filed('imagepulljobs', INDEX_OPEN, job);
    const byPods = jobOf('job', { podSelector: {} });
    const ended = { desired: 0, active: 0, succeeded: 0, failed: 0, completionTime: 'x' };
    const labels = { 'headstart/workload': 'web' };
    assert.deepEqual(open(jobOf('job')), [OPEN_FOR_NODES]);
    assert.deepEqual(open(byPods), [openForPodsOf('default')]);
    assert.deepEqual(open({ ...jobOf('job'), status: ended } as KubeObject), []);
    const rollout = { ...byPods, status: ended, metadata: { ...byPods.metadata, labels } };
    assert.deepEqual(open(rollout), [openForPodsOf('default')], 'a rollout may bring more');
    const deleted = { ...byPods.metadata, deletionTimestamp: 'x' };
    assert.deepEqual(open({ ...byPods, metadata: deleted }), []);
    assert.deepEqual(filed('imagepulljobs', INDEX_UID, jobOf('job')), ['job']);
  });

  it('files NodeImages under the jobs that own a tag, pods under node, namespace and owner', () => {
    const tags = [
      { tag: 'a', ownerReferences: [{ uid: 'x' }, { uid: 'y' }] },
      { tag: 'b', ownerReferences: [{ uid: 'x' }] },
      { tag: 'c' },
    ];
    const nodeImage = { metadata: { name: 'n' }, spec: { images: { nginx: { tags } } } };
    assert.deepEqual(filed('nodeimages', INDEX_OWNER_UID, nodeImage), ['x', 'y']);
    assert.deepEqual(filed('pods', INDEX_NODE, podOn('node-1', 'a')), ['node-1']);
    assert.deepEqual(filed('pods', INDEX_NODE, podOn('', 'a')), []);
    assert.deepEqual(filed('pods', INDEX_NAMESPACE, podOn('node-1', 'a')), ['default']);
    assert.deepEqual(filed('pods', INDEX_OWNER_UID, podOn('node-1', 'a')), []);
  });
});

describe('trimming', () => {
  it('keeps of a Node its labels, Ready, DiskPressure and system, without the times of heartbeats', () => {
    const conditions = ['Ready', 'MemoryPressure', 'DiskPressure'].map(type => ({
      type,
      status: 'True' as const,
      lastTransitionTime: 't',
      lastHeartbeatTime: 'h',
      reason: 'r',
    }));
    const node = {
      metadata: { name: 'n', labels: { a: 'b' }, annotations: { big: 'x' } },
      spec: { podCIDR: 'x' },
      status: {
        conditions,
        images: [{ names: ['x'] }],
        nodeInfo: { operatingSystem: 'linux', kernelVersion: '6' },
      },
    } as unknown as Node;
    assert.deepEqual(trimNode(node), {
      metadata: { name: 'n', labels: { a: 'b' } },
      status: {
        nodeInfo: { operatingSystem: 'linux' },
        conditions: [
          { type: 'Ready', status: 'True', lastTransitionTime: 't' },
          { type: 'DiskPressure', status: 'True', lastTransitionTime: 't' },
        ],
      },
    });
  });

  it('keeps of a Pod its place, its images and its health', () => {
    const pod = {
      metadata: { name: 'p', namespace: 'd', labels: { a: 'b' } },
      spec: {
        nodeName: 'n',
        containers: [{ name: 'main', image: 'app:v1', env: [] }],
        initContainers: [{ name: 'init', image: 'init:v1', env: [] }],
        volumes: [
          { name: 'model', image: { reference: 'm:v1' } },
          { name: 'tmp', emptyDir: {} },
        ],
      },
      status: {
        phase: 'Running',
        podIP: '10.0.0.1',
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'X', status: 'True' },
        ],
      },
    } as unknown as Pod;
    assert.deepEqual(trimPod(pod), {
      metadata: { name: 'p', namespace: 'd', labels: { a: 'b' } },
      spec: {
        nodeName: 'n',
        containers: [{ name: 'main', image: 'app:v1' }],
        initContainers: [{ name: 'init', image: 'init:v1' }],
        volumes: [{ name: 'model', image: { reference: 'm:v1' } }],
      },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    });
  });

  it('keeps once what pods have in common, and changes nothing that is read', () => {
    const make = (name: string): Pod => ({
      metadata: {
        name,
        namespace: 'd',
        uid: `uid-${name}`,
        resourceVersion: '7',
        labels: { app: 'web' },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u' }],
      },
      spec: { nodeName: 'n', containers: [{ name: 'main', image: 'app:v1' }] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    });
    const trim = podTrimmer();
    const [a, b] = [trim(make('a')), trim(make('b'))];
    assert.deepEqual([a, b], [trimPod(make('a')), trimPod(make('b'))]);
    assert.equal(a.metadata.labels, b.metadata.labels);
    assert.equal(a.metadata.ownerReferences, b.metadata.ownerReferences);
    assert.equal(a.spec?.containers, b.spec?.containers);
    assert.equal(a.status, b.status);
  });

  it("drops kubectl's copy of an object and no other annotation", () => {
    const key = 'kubectl.kubernetes.io/last-applied-configuration';
    const object = { metadata: { name: 'x', annotations: { [key]: '{}', mine: '1' } } };
    assert.deepEqual(trimLastApplied(object).metadata.annotations, { mine: '1' });
    const plain = { metadata: { name: 'x', annotations: { mine: '1' } } };
    assert.equal(trimLastApplied(plain), plain);
  });
});
