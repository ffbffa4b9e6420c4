import type { PodTemplate } from './core.ts';
import type { IntOrString, KubeObject, LabelSelector } from './meta.ts';

/**
 * The part of CloneSet and Advanced StatefulSet that Headstart reads, in both served versions. v1alpha1 of CloneSet has
 * `type: ReCreate | InPlaceIfPossible | InPlaceOnly` with the numbers beside it; v1beta1 has `type: RollingUpdate` with
 * everything under `rollingUpdate`. Adapters (workload-kinds.ts) read both.
 */
export interface Workload extends KubeObject {
  readonly spec: WorkloadSpec;
  readonly status?: WorkloadStatus;
}

export interface WorkloadSpec {
  readonly replicas?: number;
  readonly selector?: LabelSelector;
  readonly template?: PodTemplate;
  readonly updateStrategy?: UpdateStrategy;
}

export interface InPlaceUpdateStrategy {
  readonly gracePeriodSeconds?: number;
  readonly imagePreDownloadParallelism?: IntOrString;
  readonly imagePreDownloadTimeoutSeconds?: number;
  readonly imagePreDownloadMinUpdatedReadyPods?: IntOrString;
}

/** The rollout settings, wherever a version keeps them. */
export interface RollingUpdate {
  readonly partition?: IntOrString;
  readonly maxUnavailable?: IntOrString;
  readonly maxSurge?: IntOrString;
  readonly paused?: boolean;
  readonly podUpdatePolicy?: string;
  readonly inPlaceUpdateStrategy?: InPlaceUpdateStrategy;
}

export interface UpdateStrategy extends RollingUpdate {
  readonly type?: string;
  readonly rollingUpdate?: RollingUpdate;
}

export interface WorkloadStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly updatedReadyReplicas?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
}
