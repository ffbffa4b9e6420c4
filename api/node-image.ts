import type { ImagePullPolicy, PullPolicy, SandboxConfig } from './image-pull-job.ts';
import type { KubeObject, ObjectReference } from './meta.ts';

/** A NodeImage holds at most this many images (keys of `spec.images`). */
export const MAX_IMAGES_PER_NODE = 256;

/** A pull secret the daemon may use. */
export interface PullSecretReference {
  readonly namespace: string;
  readonly name: string;
  /** `batch`: a mirrored secret shared by the jobs that reference it. */
  readonly mode?: string;
}

export interface TagPullPolicy extends PullPolicy {
  /** The entry is removed this long after its pull ended. */
  readonly ttlSecondsAfterFinished?: number;
  /** Limit of the whole pull with its retries. */
  readonly activeDeadlineSeconds?: number;
}

/** How a pull ended for one owner. */
export interface TagResult {
  readonly phase: 'Succeeded' | 'Failed';
  readonly reason?: string;
  readonly message?: string;
}

/** The version of an entry that one of its owners waits for; its result is the first final status at or above it. */
export interface TagOwner {
  readonly uid: string;
  readonly version: number;
  /** Set when another owner raises the version after this one's pull ended, because the status then forgets it. */
  readonly result?: TagResult;
}

/** One wanted tag of an image. */
export interface ImageTagSpec {
  /** A tag, or a digest `sha256:…`. */
  readonly tag: string;
  readonly createdAt?: string;
  readonly pullPolicy?: TagPullPolicy;
  /** Jobs that want this entry. */
  readonly ownerReferences?: readonly ObjectReference[];
  /** What each owner waits for (ours; the peer ignores it). */
  readonly owners?: readonly TagOwner[];
  /** The handshake: a status counts only if it has the same version. A higher one asks for another pull. */
  readonly version?: number;
  readonly imagePullPolicy?: ImagePullPolicy;
}

/** The wanted tags of one repository. */
export interface ImageSpec {
  readonly pullSecrets?: readonly PullSecretReference[];
  /** Sorted by `tag`. */
  readonly tags: readonly ImageTagSpec[];
  readonly sandboxConfig?: SandboxConfig;
}

export interface NodeImageSpec {
  /** By familiar repository name (`nginx`, `registry:5000/team/app`), without tag. */
  readonly images?: Readonly<Record<string, ImageSpec>>;
}

export const PULL_PHASES = ['Waiting', 'Pulling', 'Succeeded', 'Failed'] as const;
export type PullPhase = (typeof PULL_PHASES)[number];

/** What became of one wanted tag. */
export interface ImageTagStatus {
  readonly tag: string;
  readonly phase: PullPhase;
  /** 0 to 100. */
  readonly progress?: number;
  /** Of the compressed image, so far and in all (ours); absent where the runtime does not tell. */
  readonly bytesDone?: number;
  readonly bytesTotal?: number;
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly version?: number;
  readonly imageID?: string;
  readonly message?: string;
  /** Why it failed or waits, CamelCase (ours): `Unauthorized`, `NotFound`, `InsufficientDisk`, … */
  readonly reason?: string;
}

export interface ImageStatus {
  /** Sorted by `tag`. */
  readonly tags: readonly ImageTagStatus[];
}

/** Says that a node finished its first round of pulls: it is warm. */
export interface FirstSyncStatus {
  readonly syncAt?: string;
  readonly status?: 'Succeeded' | 'Failed';
  readonly message?: string;
}

export interface NodeImageStatus {
  readonly desired: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly pulling?: number;
  readonly waiting?: number;
  readonly imageStatuses?: Readonly<Record<string, ImageStatus>>;
  readonly firstSyncStatus?: FirstSyncStatus;
}

export interface NodeImage extends KubeObject {
  readonly spec: NodeImageSpec;
  readonly status?: NodeImageStatus;
}

/** True when the pull ended, whatever its result. */
export function isFinalPhase(phase: PullPhase): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}
