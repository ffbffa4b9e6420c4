import type { PodTemplate } from './core.ts';
import type { IntOrString, KubeObject, LabelSelector } from './meta.ts';

/**
 * The part of workloads that Headstart reads, of every kind and version. v1alpha1 of CloneSet has
 * `type: ReCreate | InPlaceIfPossible | InPlaceOnly` with the numbers beside it; v1beta1 has `type: RollingUpdate` with
 * everything under `rollingUpdate`; a Deployment calls it `strategy`. Adapters (rollout.ts) read them all.
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
  /** Of a Deployment. */
  readonly strategy?: UpdateStrategy;
  /** Of a Deployment. */
  readonly paused?: boolean;
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
  /** Of an Advanced DaemonSet, in place of `podUpdatePolicy`. */
  readonly rollingUpdateType?: string;
  readonly priorityStrategy?: PriorityStrategy;
  readonly scatterStrategy?: readonly ScatterTerm[];
  /** Of an Advanced StatefulSet: its pods are not updated by their ordinals alone. */
  readonly unorderedUpdate?: { readonly priorityStrategy?: PriorityStrategy };
}

/** Which pods are updated first: by the sum of the weights that match or, without weights, by the number at the end of a label. */
export interface PriorityStrategy {
  readonly weightPriority?: readonly {
    readonly weight?: number;
    readonly matchSelector?: LabelSelector;
  }[];
  readonly orderPriority?: readonly { readonly orderedKey?: string }[];
}

/** Pods with this label are spread evenly over the update. */
export interface ScatterTerm {
  readonly key?: string;
  readonly value?: string;
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
  /** Of an Advanced DaemonSet: hash of the update revision. */
  readonly daemonSetHash?: string;
  /** Of a DaemonSet. */
  readonly desiredNumberScheduled?: number;
}
