import {
  ANNOTATION_PREDOWNLOAD,
  LABEL_CONTROLLER_REVISION_HASH,
  LABEL_POD_TEMPLATE_HASH,
} from './names.ts';
import type { PredownloadMode } from './predownload-settings.ts';
import type { Resource } from './resource.ts';
import {
  ADVANCED_DAEMON_SETS,
  ADVANCED_STATEFUL_SETS,
  CLONE_SETS,
  DAEMON_SETS,
  DEPLOYMENTS,
  STATEFUL_SETS,
} from './resources.ts';
import {
  cloneSetRollout,
  daemonSetRollout,
  deploymentRollout,
  type Rollout,
  statefulSetRollout,
} from './rollout.ts';
import { hashInStatus, revisionInStatus, type UpdateRevision } from './update-revision.ts';
import type { Workload } from './workload.ts';

/** The feature gates of predownloading, by the peer's names. */
export type PredownloadGate =
  | 'PreDownloadImageForInPlaceUpdate'
  | 'PreDownloadImageForDaemonSetUpdate';

/** One kind of workload whose images are warmed. */
export interface WorkloadKind {
  readonly kind: string;
  /** Names the newest version; which of `versions` a cluster serves is discovered. */
  readonly resource: Resource<Workload>;
  /** Newest first. */
  readonly versions: readonly string[];
  readonly gate: PredownloadGate;
  /** Only objects with `headstart/predownload: always` are looked at. */
  readonly optIn: boolean;
  /** Pod label that holds the revision of the pod. */
  readonly hashLabel: string;
  /** What keeps its old pod templates. Pods are controlled by the workload itself, or by its ReplicaSets. */
  readonly revisions: 'ControllerRevision' | 'ReplicaSet';
  /** The update revision as the status tells it; undefined when only the revisions themselves do. */
  statusRevisionOf(workload: Workload): UpdateRevision | undefined;
  rolloutOf(workload: Workload): Rollout;
}

const advanced = {
  versions: ['v1beta1', 'v1alpha1'],
  gate: 'PreDownloadImageForInPlaceUpdate',
  optIn: false,
  hashLabel: LABEL_CONTROLLER_REVISION_HASH,
  revisions: 'ControllerRevision',
  statusRevisionOf: revisionInStatus,
} as const;

const builtIn = { ...advanced, versions: ['v1'], optIn: true } as const;

/** Every kind whose images are warmed: a new kind is a new row. */
export const WORKLOAD_KINDS: readonly WorkloadKind[] = [
  { ...advanced, kind: 'CloneSet', resource: CLONE_SETS, rolloutOf: cloneSetRollout },
  {
    ...advanced,
    kind: 'StatefulSet',
    resource: ADVANCED_STATEFUL_SETS,
    rolloutOf: statefulSetRollout,
  },
  {
    ...advanced,
    kind: 'DaemonSet',
    resource: ADVANCED_DAEMON_SETS,
    gate: 'PreDownloadImageForDaemonSetUpdate',
    statusRevisionOf: hashInStatus,
    rolloutOf: daemonSetRollout,
  },
  {
    ...builtIn,
    kind: 'Deployment',
    resource: DEPLOYMENTS,
    hashLabel: LABEL_POD_TEMPLATE_HASH,
    revisions: 'ReplicaSet',
    statusRevisionOf: () => undefined,
    rolloutOf: deploymentRollout,
  },
  { ...builtIn, kind: 'StatefulSet', resource: STATEFUL_SETS, rolloutOf: statefulSetRollout },
  {
    ...builtIn,
    kind: 'DaemonSet',
    resource: DAEMON_SETS,
    gate: 'PreDownloadImageForDaemonSetUpdate',
    statusRevisionOf: () => undefined,
    rolloutOf: daemonSetRollout,
  },
];

/** The row of a kind; undefined for one that is not warmed. */
export function workloadKind(of: {
  readonly group: string;
  readonly kind: string;
}): WorkloadKind | undefined {
  return WORKLOAD_KINDS.find(
    ({ kind, resource }) => kind === of.kind && resource.group === of.group,
  );
}

const OPTS_IN: PredownloadMode = 'always';

/** Whether Headstart looks at the workload at all. */
export function isLookedAt(kind: WorkloadKind, workload: Workload): boolean {
  return !kind.optIn || workload.metadata.annotations?.[ANNOTATION_PREDOWNLOAD] === OPTS_IN;
}
