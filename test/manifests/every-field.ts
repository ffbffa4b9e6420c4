import type { ImageListPullJob } from '../../api/image-list-pull-job.ts';
import type { ImagePullJob, PullJobTemplate } from '../../api/image-pull-job.ts';
import type { Condition, LabelSelector } from '../../api/meta.ts';
import type { NodeImage } from '../../api/node-image.ts';
import type {
  InPlaceUpdateStrategy,
  PriorityStrategy,
  RollingUpdate,
  WorkloadStatus,
} from '../../api/workload.ts';

/**
 * Objects with every field of their TypeScript type. A new field does not compile until it stands here, and then fails until the
 * schema knows it. They are not valid otherwise: fields that exclude each other stand side by side.
 */

type Every<T> = T extends readonly (infer Item)[]
  ? readonly Every<Item>[]
  : T extends object
    ? { readonly [K in keyof T]-?: Every<NonNullable<T[K]>> }
    : T;

type EveryFieldOf<T extends { readonly spec: unknown; readonly status?: unknown }> = Every<
  Pick<T, 'spec'> & { readonly status: NonNullable<T['status']> }
> & { readonly apiVersion: string; readonly kind: string; readonly metadata: object };

const TIME = '2026-01-31T12:00:00Z';
const META = { apiVersion: 'apps.kruise.io/v1beta1', metadata: { name: 'every-field' } };

const SELECTOR: Every<LabelSelector> = {
  matchLabels: { app: 'web' },
  matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }],
};
const SANDBOX_CONFIG = { labels: { a: 'b' }, annotations: { c: 'd' } };
const CONDITIONS: Every<readonly Condition[]> = [
  {
    type: 'Complete',
    status: 'True',
    observedGeneration: 1,
    lastTransitionTime: TIME,
    reason: 'Succeeded',
    message: 'all nodes have the image',
  },
];
const TEMPLATE: Every<PullJobTemplate> = {
  pullSecrets: ['registry'],
  selector: { names: ['node-1'], ...SELECTOR },
  podSelector: SELECTOR,
  parallelism: '10%',
  pullPolicy: { timeoutSeconds: 600, backoffLimit: 3 },
  completionPolicy: {
    type: 'Always',
    activeDeadlineSeconds: 1200,
    ttlSecondsAfterFinished: 300,
  },
  sandboxConfig: SANDBOX_CONFIG,
  imagePullPolicy: 'IfNotPresent',
};

export const EVERY_FIELD_OF_IMAGE_PULL_JOB: EveryFieldOf<ImagePullJob> = {
  ...META,
  kind: 'ImagePullJob',
  spec: { image: 'nginx:1', ...TEMPLATE },
  status: {
    observedGeneration: 1,
    startTime: TIME,
    completionTime: TIME,
    desired: 4,
    active: 1,
    waiting: 1,
    unavailable: 1,
    succeeded: 0,
    failed: 1,
    bytesDone: 40_000_000,
    bytesTotal: 100_000_000,
    estimatedCompletionTime: TIME,
    message: 'job is running, progress 25.0%',
    failedNodes: ['node-1'],
    failures: [
      { reason: 'NotFound', count: 1, exampleNode: 'node-1', exampleMessage: 'not found' },
    ],
    conditions: CONDITIONS,
  },
};

export const EVERY_FIELD_OF_IMAGE_LIST_PULL_JOB: EveryFieldOf<ImageListPullJob> = {
  ...META,
  kind: 'ImageListPullJob',
  spec: { images: ['nginx:1', 'busybox'], ...TEMPLATE },
  status: {
    observedGeneration: 1,
    startTime: TIME,
    completionTime: TIME,
    desired: 2,
    active: 0,
    completed: 2,
    succeeded: 1,
    failedImageStatuses: [{ imagePullJob: 'every-field-x', name: 'busybox', message: 'failed' }],
    conditions: CONDITIONS,
  },
};

export const EVERY_FIELD_OF_NODE_IMAGE: EveryFieldOf<NodeImage> = {
  ...META,
  kind: 'NodeImage',
  spec: {
    images: {
      nginx: {
        pullSecrets: [{ namespace: 'kruise-daemon-config', name: 'copy', mode: 'batch' }],
        sandboxConfig: SANDBOX_CONFIG,
        tags: [
          {
            tag: '1',
            createdAt: TIME,
            pullPolicy: {
              timeoutSeconds: 600,
              backoffLimit: 3,
              ttlSecondsAfterFinished: 300,
              activeDeadlineSeconds: 1200,
            },
            ownerReferences: [
              {
                apiVersion: 'apps.kruise.io/v1beta1',
                kind: 'ImagePullJob',
                namespace: 'default',
                name: 'job',
                uid: 'u',
                resourceVersion: '1',
              },
            ],
            owners: [
              {
                uid: 'u',
                version: 2,
                result: { phase: 'Failed', reason: 'NotFound', message: 'no such tag' },
              },
            ],
            version: 2,
            imagePullPolicy: 'Always',
          },
        ],
      },
    },
  },
  status: {
    desired: 1,
    succeeded: 0,
    failed: 1,
    pulling: 0,
    waiting: 0,
    imageStatuses: {
      nginx: {
        tags: [
          {
            tag: '1',
            phase: 'Failed',
            progress: 40,
            bytesDone: 40_000_000,
            bytesTotal: 100_000_000,
            startTime: TIME,
            completionTime: TIME,
            version: 2,
            imageID: 'nginx@sha256:00',
            message: 'no such tag',
            reason: 'NotFound',
          },
        ],
      },
    },
    firstSyncStatus: { syncAt: TIME, status: 'Failed', message: '1 of 1 failed' },
  },
};

const IN_PLACE: Every<InPlaceUpdateStrategy> = {
  gracePeriodSeconds: 10,
  imagePreDownloadParallelism: '50%',
  imagePreDownloadTimeoutSeconds: 300,
  imagePreDownloadMinUpdatedReadyPods: 1,
};
const PRIORITY: Every<PriorityStrategy> = {
  weightPriority: [{ weight: 50, matchSelector: SELECTOR }],
  orderPriority: [{ orderedKey: 'order' }],
};
const ROLLING_UPDATE: Every<RollingUpdate> = {
  partition: 2,
  maxUnavailable: '20%',
  maxSurge: 1,
  paused: true,
  podUpdatePolicy: 'InPlaceIfPossible',
  inPlaceUpdateStrategy: IN_PLACE,
  rollingUpdateType: 'InPlaceIfPossible',
  priorityStrategy: PRIORITY,
  scatterStrategy: [{ key: 'zone', value: 'a' }],
  unorderedUpdate: { priorityStrategy: PRIORITY },
};
const {
  rollingUpdateType,
  unorderedUpdate,
  podUpdatePolicy,
  priorityStrategy: _priority,
  scatterStrategy: _scatter,
  ...SHARED
} = ROLLING_UPDATE;
const { maxSurge: _notStateful, ...STATEFUL } = { ...SHARED, podUpdatePolicy, unorderedUpdate };
const { inPlaceUpdateStrategy: _notDaemon, ...DAEMON } = { ...SHARED, rollingUpdateType };
const { rollingUpdateType: _onlyDaemon, unorderedUpdate: _onlyStateful, ...CLONE } = ROLLING_UPDATE;
const { podUpdatePolicy: _v1beta1, ...CLONE_BESIDE_TYPE } = CLONE;
const ALL_STATUS: Every<WorkloadStatus> = {
  observedGeneration: 1,
  replicas: 4,
  updatedReplicas: 2,
  updatedReadyReplicas: 1,
  currentRevision: 'web-1',
  updateRevision: 'web-2',
  daemonSetHash: '2',
  desiredNumberScheduled: 4,
};
const { daemonSetHash, desiredNumberScheduled, ...STATUS } = ALL_STATUS;
const { observedGeneration, updateRevision } = STATUS;
const WORKLOAD = {
  replicas: 4,
  selector: SELECTOR,
  template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web' }] } },
};

export const EVERY_FIELD_OF_CLONE_SET = {
  ...META,
  kind: 'CloneSet',
  spec: {
    ...WORKLOAD,
    updateStrategy: { ...CLONE_BESIDE_TYPE, type: 'InPlaceOnly', rollingUpdate: CLONE },
  },
  status: STATUS,
};

export const EVERY_FIELD_OF_STATEFUL_SET = {
  ...META,
  kind: 'StatefulSet',
  spec: {
    ...WORKLOAD,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: STATEFUL },
  },
  status: STATUS,
};

const { replicas: _noReplicas, ...DAEMON_SPEC } = WORKLOAD;
export const EVERY_FIELD_OF_DAEMON_SET = {
  ...META,
  kind: 'DaemonSet',
  spec: { ...DAEMON_SPEC, updateStrategy: { type: 'RollingUpdate', rollingUpdate: DAEMON } },
  status: { observedGeneration, updateRevision, daemonSetHash, desiredNumberScheduled },
};
