import type { FailureGroup } from '../../api/image-pull-job.ts';
import type { JobState } from '../../api/job-state.ts';

/** One ImagePullJob, as the page shows it. */
export interface JobRow {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly state: JobState;
  /** More about the state: the progress, or what the job waits for. */
  readonly message: string;
  readonly desired: number;
  readonly active: number;
  readonly waiting: number;
  readonly unavailable: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly failures: readonly FailureGroup[];
  readonly bytesDone?: number;
  readonly bytesTotal?: number;
  /** RFC 3339. */
  readonly createdAt?: string;
  readonly completedAt?: string;
  readonly estimatedCompletionTime?: string;
  /** The workload or list job that it was made for. */
  readonly owner?: WorkloadRef;
}

/** Names one workload. */
export interface WorkloadRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What can be said of a node in one colour, the most urgent first. */
export const NODE_STATES = ['failed', 'unavailable', 'pulling', 'waiting', 'warm', 'idle'] as const;
export type NodeState = (typeof NODE_STATES)[number];

/** One node, over all images that it shall have. */
export interface NodeRow {
  readonly state: NodeState;
  /** Images that it shall have, and that it has. */
  readonly wanted: number;
  readonly warm: number;
  /** Of the pulls that run, together. */
  readonly percent?: number;
  /** Why it failed or is not available. */
  readonly why?: string;
}

/** One image registry. */
export interface RegistryRow {
  /** Pulls of jobs that run now. */
  readonly inFlight: number;
  /** As the operator set it; absent: none. */
  readonly ceiling?: number;
  /** Jobs that the ceiling holds back, and what one of them says. */
  readonly heldJobs: number;
  readonly hold?: string;
}

/** All rows, by key: `namespace/name` of a job, the name of a node, the host of a registry. */
export interface Tables {
  readonly jobs: Readonly<Record<string, JobRow>>;
  readonly nodes: Readonly<Record<string, NodeRow>>;
  readonly registries: Readonly<Record<string, RegistryRow>>;
}

/** The names of the tables. */
export const TABLES = ['jobs', 'nodes', 'registries'] as const satisfies readonly (keyof Tables)[];
