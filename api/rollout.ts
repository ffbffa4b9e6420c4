import {
  CLONE_SET_MAX_UNAVAILABLE,
  DAEMON_SET_MAX_UNAVAILABLE,
  DEFAULT_REPLICAS,
  DEPLOYMENT_MAX_UNAVAILABLE,
  STATEFUL_SET_MAX_UNAVAILABLE,
} from './defaults.ts';
import { parseIntOrPercent, resolveIntOrPercent } from './int-or-percent.ts';
import { isJsonObject, type JsonObject, memberAt } from './json.ts';
import type { InPlaceUpdateStrategy, Workload } from './workload.ts';

/** How pods get a new revision. */
export const POD_UPDATE_POLICIES = ['ReCreate', 'InPlaceIfPossible', 'InPlaceOnly'] as const;
export type PodUpdatePolicy = (typeof POD_UPDATE_POLICIES)[number];

/** What predownloading needs to know about a rollout, in pods, whatever the kind and version of the workload. */
export interface Rollout {
  /** Wanted pods; of a DaemonSet the nodes that should have one. */
  readonly replicas: number;
  /** Pods that keep the old revision. */
  readonly partition: number;
  /** Pods that may be down at once; may be 0 where a small percentage was rounded down. */
  readonly maxUnavailable: number;
  readonly podUpdatePolicy: PodUpdatePolicy;
  /** A pod that is made again comes to the same node. */
  readonly keepsNodes: boolean;
  /** Pods are updated only when somebody deletes them. */
  readonly onDelete: boolean;
  readonly paused: boolean;
  readonly inPlaceSettings?: InPlaceUpdateStrategy;
}

/** The rounding rules are the peer's: what keeps old pods rounds up, what takes pods down rounds down. */
export function cloneSetRollout(workload: Workload): Rollout {
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

/** Of the Advanced StatefulSet and of the one in `apps/v1`, which knows no updates in place. */
export function statefulSetRollout(workload: Workload): Rollout {
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

/** Of the Advanced DaemonSet and of the one in `apps/v1`. They round the other way round than CloneSets, and may start new pods first. */
export function daemonSetRollout(workload: Workload): Rollout {
  const desired = memberAt(workload, 'status', 'desiredNumberScheduled');
  const replicas = typeof desired === 'number' && desired >= 0 ? desired : 0;
  const settings = settingsOf(workload);
  const down = pods(
    memberAt(settings, 'maxUnavailable') ?? DAEMON_SET_MAX_UNAVAILABLE,
    replicas,
    'up',
  );
  return {
    ...commonRollout(workload, settings),
    replicas,
    partition: Math.min(replicas, pods(memberAt(settings, 'partition'), replicas, 'down')),
    maxUnavailable: Math.max(down, pods(memberAt(settings, 'maxSurge'), replicas, 'up')),
    podUpdatePolicy: policyOf(memberAt(settings, 'rollingUpdateType')) ?? 'ReCreate',
    keepsNodes: true,
  };
}

/** Of a Deployment: `Recreate` takes all pods down at once. */
export function deploymentRollout(workload: Workload): Rollout {
  const replicas = replicasOf(workload);
  const strategy = memberAt(workload, 'spec', 'strategy');
  const maxUnavailable =
    memberAt(strategy, 'rollingUpdate', 'maxUnavailable') ?? DEPLOYMENT_MAX_UNAVAILABLE;
  const atOnce = memberAt(strategy, 'type') === 'Recreate';
  return {
    replicas,
    partition: 0,
    maxUnavailable: atOnce ? replicas : pods(maxUnavailable, replicas, 'down'),
    podUpdatePolicy: 'ReCreate',
    keepsNodes: false,
    onDelete: false,
    paused: memberAt(workload, 'spec', 'paused') === true,
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
    keepsNodes: false,
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
