import {
  CLONE_SET_MAX_UNAVAILABLE,
  DEFAULT_REPLICAS,
  STATEFUL_SET_MAX_UNAVAILABLE,
} from './defaults.ts';
import { parseIntOrPercent, resolveIntOrPercent } from './int-or-percent.ts';
import { isJsonObject, type JsonObject, memberAt } from './json.ts';
import { isLabelValue } from './name-rules.ts';
import { LABEL_CONTROLLER_REVISION_HASH } from './names.ts';
import type { Resource } from './resource.ts';
import { ADVANCED_STATEFUL_SETS, CLONE_SETS } from './resources.ts';
import type { InPlaceUpdateStrategy, Workload } from './workload.ts';

/** How pods get a new revision. */
export const POD_UPDATE_POLICIES = ['ReCreate', 'InPlaceIfPossible', 'InPlaceOnly'] as const;
export type PodUpdatePolicy = (typeof POD_UPDATE_POLICIES)[number];

/** What predownloading needs to know about a rollout, in pods, whatever the kind and version of the workload. */
export interface Rollout {
  readonly replicas: number;
  /** Pods that keep the old revision. */
  readonly partition: number;
  /** Pods that may be down at once; may be 0 where a small percentage was rounded down. */
  readonly maxUnavailable: number;
  readonly podUpdatePolicy: PodUpdatePolicy;
  /** Pods are updated only when somebody deletes them. */
  readonly onDelete: boolean;
  readonly paused: boolean;
  readonly inPlaceSettings?: InPlaceUpdateStrategy;
}

/** One kind of workload whose images are warmed. */
export interface WorkloadKind {
  readonly kind: string;
  /** Names the newest version; which of `versions` a cluster serves is discovered. */
  readonly resource: Resource<Workload>;
  /** Newest first. */
  readonly versions: readonly string[];
  /** Pod label that holds the revision of the pod. */
  readonly hashLabel: string;
  /** Values of `hashLabel` on pods of the update revision; none until the workload's controller has seen the newest spec. */
  updateHashesOf(workload: Workload): readonly string[];
  rolloutOf(workload: Workload): Rollout;
}

const revisionInStatus = {
  versions: ['v1beta1', 'v1alpha1'],
  hashLabel: LABEL_CONTROLLER_REVISION_HASH,
  updateHashesOf: updateRevisionForms,
} as const;

/** Every kind whose images are warmed: a new kind is a new row. */
export const WORKLOAD_KINDS: readonly WorkloadKind[] = [
  { ...revisionInStatus, kind: 'CloneSet', resource: CLONE_SETS, rolloutOf: cloneSetRollout },
  {
    ...revisionInStatus,
    kind: 'StatefulSet',
    resource: ADVANCED_STATEFUL_SETS,
    rolloutOf: statefulSetRollout,
  },
];

/** The row of `kind`; undefined for a kind that is not warmed. */
export function workloadKind(kind: string): WorkloadKind | undefined {
  return WORKLOAD_KINDS.find(row => row.kind === kind);
}

/** The rounding rules are the peer's: what keeps old pods rounds up, what takes pods down rounds down. */
function cloneSetRollout(workload: Workload): Rollout {
  const replicas = replicasOf(workload);
  const settings = settingsOf(workload);
  return {
    ...commonRollout(workload, settings),
    partition: cloneSetPartition(memberAt(settings, 'partition'), replicas),
    maxUnavailable: pods(
      memberAt(settings, 'maxUnavailable') ?? CLONE_SET_MAX_UNAVAILABLE,
      replicas,
      'down',
    ),
  };
}

function statefulSetRollout(workload: Workload): Rollout {
  const replicas = replicasOf(workload);
  const settings = settingsOf(workload);
  return {
    ...commonRollout(workload, settings),
    partition: Math.min(replicas, pods(memberAt(settings, 'partition'), replicas, 'up')),
    maxUnavailable: pods(
      memberAt(settings, 'maxUnavailable') ?? STATEFUL_SET_MAX_UNAVAILABLE,
      replicas,
      'down',
    ),
  };
}

function commonRollout(
  workload: Workload,
  settings: JsonObject,
): Omit<Rollout, 'partition' | 'maxUnavailable'> {
  const type = memberAt(strategyOf(workload), 'type');
  const inPlaceSettings = memberAt(settings, 'inPlaceUpdateStrategy');
  return {
    replicas: replicasOf(workload),
    podUpdatePolicy:
      policyOf(type) ?? policyOf(memberAt(settings, 'podUpdatePolicy')) ?? 'ReCreate',
    onDelete: type === 'OnDelete',
    paused: memberAt(settings, 'paused') === true,
    ...(isJsonObject(inPlaceSettings) ? { inPlaceSettings } : {}),
  };
}

function policyOf(value: unknown): PodUpdatePolicy | undefined {
  return POD_UPDATE_POLICIES.find(known => known === value);
}

/** Admission hands over what a client sent, so nothing below `spec` can be relied on. */
function strategyOf(workload: Workload): JsonObject {
  const strategy = memberAt(workload, 'spec', 'updateStrategy');
  return isJsonObject(strategy) ? strategy : {};
}

/** v1alpha1 of CloneSet keeps the settings beside `type`, everything else below `rollingUpdate`. */
function settingsOf(workload: Workload): JsonObject {
  const strategy = strategyOf(workload);
  const rollingUpdate = memberAt(strategy, 'rollingUpdate');
  return isJsonObject(rollingUpdate) ? { ...strategy, ...rollingUpdate } : strategy;
}

function replicasOf(workload: Workload): number {
  const replicas = memberAt(workload, 'spec', 'replicas');
  return typeof replicas === 'number' && replicas >= 0 ? replicas : DEFAULT_REPLICAS;
}

function pods(value: unknown, replicas: number, rounding: 'up' | 'down'): number {
  return Math.max(0, resolveIntOrPercent(value, replicas, rounding));
}

function cloneSetPartition(value: unknown, replicas: number): number {
  const partition = Math.min(replicas, pods(value, replicas, 'up'));
  const parsed = parseIntOrPercent(value);
  const belowAll = parsed?.kind === 'percent' && parsed.value < 100;
  // A percentage below 100 must let at least one pod go, or the rollout could never start.
  return belowAll && partition === replicas && replicas > 1 ? replicas - 1 : partition;
}

function updateRevisionForms(workload: Workload): readonly string[] {
  const { observedGeneration, updateRevision } = workload.status ?? {};
  const generation = workload.metadata.generation ?? 0;
  if (updateRevision == null || (observedGeneration ?? 0) < generation) return [];
  const short = updateRevision.slice(updateRevision.lastIndexOf('-') + 1);
  return [...new Set([updateRevision, short])].filter(form => form !== '' && isLabelValue(form));
}
