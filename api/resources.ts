import type {
  ConfigMap,
  ControllerRevision,
  KubeEvent,
  Lease,
  Node,
  Pod,
  ReplicaSet,
  Secret,
  ServiceAccount,
} from './core.ts';
import type { ImageListPullJob } from './image-list-pull-job.ts';
import type { ImagePullJob } from './image-pull-job.ts';
import { GROUP, STORAGE_VERSION } from './names.ts';
import type { NodeImage } from './node-image.ts';
import { resource } from './resource.ts';
import type { WebhookConfiguration } from './webhook-configuration.ts';
import type { Workload } from './workload.ts';

/** Every resource that Headstart reads or writes. */

const ours = { group: GROUP, version: STORAGE_VERSION };
const core = { group: '', version: 'v1' };
const apps = { group: 'apps', version: 'v1' };
const admission = { group: 'admissionregistration.k8s.io', version: 'v1' };

export const IMAGE_PULL_JOBS = resource<ImagePullJob>({
  ...ours,
  plural: 'imagepulljobs',
  kind: 'ImagePullJob',
  namespaced: true,
});
export const IMAGE_LIST_PULL_JOBS = resource<ImageListPullJob>({
  ...ours,
  plural: 'imagelistpulljobs',
  kind: 'ImageListPullJob',
  namespaced: true,
});
export const NODE_IMAGES = resource<NodeImage>({
  ...ours,
  plural: 'nodeimages',
  kind: 'NodeImage',
  namespaced: false,
});
/** Served versions are discovered; these name the newest. */
export const CLONE_SETS = resource<Workload>({
  ...ours,
  plural: 'clonesets',
  kind: 'CloneSet',
  namespaced: true,
});
export const ADVANCED_STATEFUL_SETS = resource<Workload>({
  ...ours,
  plural: 'statefulsets',
  kind: 'StatefulSet',
  namespaced: true,
});
export const ADVANCED_DAEMON_SETS = resource<Workload>({
  ...ours,
  plural: 'daemonsets',
  kind: 'DaemonSet',
  namespaced: true,
});
export const DEPLOYMENTS = resource<Workload>({
  ...apps,
  plural: 'deployments',
  kind: 'Deployment',
  namespaced: true,
});
export const STATEFUL_SETS = resource<Workload>({
  ...apps,
  plural: 'statefulsets',
  kind: 'StatefulSet',
  namespaced: true,
});
export const DAEMON_SETS = resource<Workload>({
  ...apps,
  plural: 'daemonsets',
  kind: 'DaemonSet',
  namespaced: true,
});

export const NODES = resource<Node>({ ...core, plural: 'nodes', kind: 'Node', namespaced: false });
export const PODS = resource<Pod>({ ...core, plural: 'pods', kind: 'Pod', namespaced: true });
export const CONFIG_MAPS = resource<ConfigMap>({
  ...core,
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
});
export const SECRETS = resource<Secret>({
  ...core,
  plural: 'secrets',
  kind: 'Secret',
  namespaced: true,
});
export const SERVICE_ACCOUNTS = resource<ServiceAccount>({
  ...core,
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
});
export const EVENTS = resource<KubeEvent>({
  ...core,
  plural: 'events',
  kind: 'Event',
  namespaced: true,
});
export const CONTROLLER_REVISIONS = resource<ControllerRevision>({
  ...apps,
  plural: 'controllerrevisions',
  kind: 'ControllerRevision',
  namespaced: true,
});
export const REPLICA_SETS = resource<ReplicaSet>({
  ...apps,
  plural: 'replicasets',
  kind: 'ReplicaSet',
  namespaced: true,
});
export const LEASES = resource<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
});
export const MUTATING_WEBHOOK_CONFIGURATIONS = resource<WebhookConfiguration>({
  ...admission,
  plural: 'mutatingwebhookconfigurations',
  kind: 'MutatingWebhookConfiguration',
  namespaced: false,
});
export const VALIDATING_WEBHOOK_CONFIGURATIONS = resource<WebhookConfiguration>({
  ...admission,
  plural: 'validatingwebhookconfigurations',
  kind: 'ValidatingWebhookConfiguration',
  namespaced: false,
});
