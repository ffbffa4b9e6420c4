import type { Condition, IntOrString, KubeObject, LabelSelector } from './meta.ts';

/** Which nodes a job wants its image on: node names, or labels of the nodes. Absent means every node. */
export interface NodeSelector extends LabelSelector {
  readonly names?: readonly string[];
}

/** How one node pulls. */
export interface PullPolicy {
  /** Limit of one attempt, in seconds. */
  readonly timeoutSeconds?: number;
  /** Retries after the first attempt. */
  readonly backoffLimit?: number;
}

export const COMPLETION_TYPES = ['Always', 'Never'] as const;
export type CompletionType = (typeof COMPLETION_TYPES)[number];

/** When a job ends. `Always` ends after one round; `Never` stays and pulls again every day. */
export interface CompletionPolicy {
  readonly type?: CompletionType;
  /** Limit of the whole job, counted from `status.startTime`. `Always` only. */
  readonly activeDeadlineSeconds?: number;
  /** The job is deleted this long after it ended. `Always` only. */
  readonly ttlSecondsAfterFinished?: number;
}

/** Metadata passed to the container runtime with each pull. */
export interface SandboxConfig {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const IMAGE_PULL_POLICIES = ['Always', 'IfNotPresent'] as const;
export type ImagePullPolicy = (typeof IMAGE_PULL_POLICIES)[number];

/** The fields that ImagePullJob and ImageListPullJob share. */
export interface PullJobTemplate {
  /** Secrets in the job's own namespace. Immutable. */
  readonly pullSecrets?: readonly string[];
  readonly selector?: NodeSelector;
  /** Pods in the job's namespace; the nodes they run on are the targets. Excludes `selector`. */
  readonly podSelector?: LabelSelector;
  /** Nodes that pull at once: an integer, a numeric string or a percentage. Default 1; 0 pauses. */
  readonly parallelism?: IntOrString;
  readonly pullPolicy?: PullPolicy;
  readonly completionPolicy: CompletionPolicy;
  readonly sandboxConfig?: SandboxConfig;
  readonly imagePullPolicy?: ImagePullPolicy;
}

export interface ImagePullJobSpec extends PullJobTemplate {
  /** Image reference. Immutable. */
  readonly image: string;
}

/** Failed targets that share a reason. */
export interface FailureGroup {
  /** CamelCase: `Unauthorized`, `NotFound`, `NodeUnavailable`, … */
  readonly reason: string;
  readonly count: number;
  /** One of the nodes, and what it said. */
  readonly exampleNode: string;
  readonly exampleMessage: string;
}

/** At most this many names stand in `status.failedNodes`. */
export const MAX_FAILED_NODES = 1000;

export interface ImagePullJobStatus {
  readonly observedGeneration?: number;
  readonly startTime?: string;
  readonly completionTime?: string;
  /** Targets. */
  readonly desired: number;
  /** Targets assigned and unfinished. */
  readonly active: number;
  /** Targets that wait for a slot. */
  readonly waiting?: number;
  /** Targets that are not Ready, short of disk or silent; they take no slot. */
  readonly unavailable?: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Of the compressed image, over the targets whose runtime tells. */
  readonly bytesDone?: number;
  readonly bytesTotal?: number;
  /** When it will have ended if it goes on as it did so far; absent while that cannot be told. */
  readonly estimatedCompletionTime?: string;
  readonly message?: string;
  /** Sorted; at most {@link MAX_FAILED_NODES}. */
  readonly failedNodes?: readonly string[];
  readonly failures?: readonly FailureGroup[];
  readonly conditions?: readonly Condition[];
}

export interface ImagePullJob extends KubeObject {
  readonly spec: ImagePullJobSpec;
  readonly status?: ImagePullJobStatus;
}
