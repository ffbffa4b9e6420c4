import type { Pod, PodTemplate } from '../../../api/core.ts';
import { CONTROLLER_REVISIONS, PODS } from '../../../api/resources.ts';
import type { Workload } from '../../../api/workload.ts';
import type { FakeKube } from '../../support/fake-kube.ts';

export const template = (image: string): PodTemplate => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image }] },
});

export interface CloneSetOptions {
  readonly replicas?: number;
  readonly image?: string;
  readonly annotations?: Record<string, string>;
  readonly updateStrategy?: Workload['spec']['updateStrategy'];
  /** Revision in the status; the template's by default. */
  readonly updateRevision?: string;
  readonly updatedReadyReplicas?: number;
}

/** A CloneSet `default/web`, as its controller left it when every pod ran `app:v1`. */
export function cloneSet(options: CloneSetOptions = {}): Workload {
  return {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'CloneSet',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'uid-web',
      generation: 1,
      ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    },
    spec: {
      replicas: options.replicas ?? 5,
      selector: { matchLabels: { app: 'web' } },
      template: template(options.image ?? 'app:v1'),
      updateStrategy: options.updateStrategy ?? {
        type: 'RollingUpdate',
        rollingUpdate: { podUpdatePolicy: 'InPlaceIfPossible', maxUnavailable: 1 },
      },
    },
    status: {
      observedGeneration: 1,
      currentRevision: 'web-v1',
      updateRevision: options.updateRevision ?? 'web-v1',
      updatedReadyReplicas: options.updatedReadyReplicas ?? 0,
    },
  };
}

export function pod(index: number, revision: string, image: string): Pod {
  return {
    metadata: {
      name: `web-${index}`,
      namespace: 'default',
      labels: { app: 'web', 'controller-revision-hash': revision },
      ownerReferences: [
        {
          apiVersion: 'apps.kruise.io/v1beta1',
          kind: 'CloneSet',
          name: 'web',
          uid: 'uid-web',
          controller: true,
        },
      ],
    },
    spec: { nodeName: `node-${index}`, containers: [{ name: 'main', image }] },
    status: { phase: 'Running' },
  };
}

/** Five pods on `web-v1` and the revision they were made from. */
export function seedRunning(kube: FakeKube, image = 'app:v1'): void {
  for (let i = 0; i < 5; i++) kube.seed(PODS, pod(i, 'web-v1', image));
  kube.seed(CONTROLLER_REVISIONS, {
    metadata: { name: 'web-v1', namespace: 'default' },
    revision: 1,
    data: { spec: { template: { ...template('app:v1'), $patch: 'replace' } } },
  });
}
