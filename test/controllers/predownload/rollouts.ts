import type { Pod } from '../../../api/core.ts';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import { ANNOTATION_PREDOWNLOAD } from '../../../api/names.ts';
import { apiVersionOf, type Resource } from '../../../api/resource.ts';
import {
  CONTROLLER_REVISIONS,
  IMAGE_PULL_JOBS,
  PODS,
  REPLICA_SETS,
} from '../../../api/resources.ts';
import type { Workload } from '../../../api/workload.ts';
import { setupPredownloadControllers } from '../../../controllers/predownload/setup.ts';
import { type ControllerWorld, startControllerWorld } from '../../support/controller-world.ts';
import type { FakeKube } from '../../support/fake-kube.ts';
import { template } from './objects.ts';
import { gates } from './world.ts';

export const ALWAYS = { [ANNOTATION_PREDOWNLOAD]: 'always' };
export const WEB = { namespace: 'default', name: 'web' };
const UID = 'uid-web';

/** A workload `default/web` of any kind, five pods wanted, at the image of generation 1. */
export function workloadOf(
  { kind }: Resource,
  more: { annotations?: Record<string, string>; spec?: object; status?: object } = {},
): Workload {
  return {
    kind,
    metadata: {
      ...WEB,
      uid: UID,
      generation: 1,
      ...(more.annotations === undefined ? {} : { annotations: more.annotations }),
    },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: 5 }),
      selector: { matchLabels: { app: 'web' } },
      template: template('app:v1'),
      ...more.spec,
    },
    status: {
      observedGeneration: 1,
      ...(kind === 'DaemonSet' ? { desiredNumberScheduled: 5 } : {}),
      ...more.status,
    },
  };
}

const ownerOf = (resource: Resource, name: string, uid: string) => [
  { apiVersion: apiVersionOf(resource), kind: resource.kind, name, uid, controller: true },
];

/** A pod of `web` on its own node. Of a Deployment its owner is a ReplicaSet. */
export function podOf(resource: Resource, index: number, hash: string, image: string): Pod {
  const byReplicaSet = resource.kind === 'Deployment';
  const label = byReplicaSet ? 'pod-template-hash' : 'controller-revision-hash';
  return {
    metadata: {
      name: `web-${hash}-${index}`,
      namespace: 'default',
      labels: { app: 'web', [label]: hash },
      ownerReferences: byReplicaSet
        ? ownerOf(REPLICA_SETS, `web-${hash}`, `uid-${hash}`)
        : ownerOf(resource, 'web', UID),
    },
    spec: { nodeName: `node-${index}`, containers: [{ name: 'main', image }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

/** Puts in what the workload's own controller makes of a template: a ControllerRevision or ReplicaSet. */
export function seedRevision(
  kube: FakeKube,
  resource: Resource,
  { hash, image, revision }: { hash: string; image: string; revision: number },
): void {
  const metadata = {
    name: `web-${hash}`,
    namespace: 'default',
    ownerReferences: ownerOf(resource, 'web', UID),
  };
  const made = template(image);
  const labels = { app: 'web', 'pod-template-hash': hash };
  if (resource.kind === 'Deployment') {
    kube.seed(REPLICA_SETS, {
      metadata: { ...metadata, uid: `uid-${hash}`, labels },
      spec: { template: { ...made, metadata: { labels } } },
    });
  } else {
    kube.seed(CONTROLLER_REVISIONS, {
      metadata: { ...metadata, labels: { app: 'web' } },
      revision,
      data: { spec: { template: { ...made, $patch: 'replace' } } },
    });
  }
}

/** The controllers of a cluster that serves `resource`, with `web` as `workload`, its first revision and five pods on it. */
export function startRollout(
  resource: Resource<Workload>,
  workload: Workload,
  seed: (kube: FakeKube) => void = () => {},
): Promise<ControllerWorld> {
  return startControllerWorld(deps => setupPredownloadControllers(gates(true), deps), {
    workloads: [resource],
    seed: kube => {
      kube.seed(resource, workload);
      seedRevision(kube, resource, { hash: 'aaa', image: 'app:v1', revision: 1 });
      for (let i = 0; i < 5; i++) kube.seed(PODS, podOf(resource, i, 'aaa', 'app:v1'));
      seed(kube);
    },
  });
}

/** Changes the workload as a user does. */
export async function edit(
  { kube, run }: ControllerWorld,
  resource: Resource<Workload>,
  body: object,
): Promise<void> {
  await kube.patch(resource, WEB, { type: 'merge', body });
  await run();
}

/** What the workload's own controller does when it has seen the newest spec. */
export async function observed(
  world: ControllerWorld,
  resource: Resource<Workload>,
  status: object = {},
): Promise<void> {
  const observedGeneration = world.kube.read(resource, 'default/web')?.metadata.generation;
  const body = { status: { observedGeneration, ...status } };
  await world.kube.patch(resource, WEB, { type: 'merge', body }, { subresource: 'status' });
  await world.run();
}

export const jobsIn = ({ kube }: ControllerWorld): readonly ImagePullJob[] =>
  kube.readAll(IMAGE_PULL_JOBS);

/** Pods that the first job leaves out, by the values of its hash label. */
export const leftOut = (world: ControllerWorld): readonly unknown[] =>
  jobsIn(world)[0]?.spec.podSelector?.matchExpressions ?? [];
