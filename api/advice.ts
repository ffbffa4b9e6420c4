import type { ImagePullJob } from './image-pull-job.ts';
import type { Workload } from './workload.ts';

/** A warning on an admission answer is cut by some clients above this length. */
export const MAX_ADVICE_LENGTH = 120;

/** An update of a workload that brings new images. */
export interface WorkloadChange {
  readonly old: Workload;
  readonly new: Workload;
  readonly group: string;
  readonly kind: string;
  /** The new images. */
  readonly images: string[];
}

/**
 * Foretells, for the one who writes an object, what Headstart will make of it. Answers at once from caches; each line has at most
 * {@link MAX_ADVICE_LENGTH} characters. The controllers know the answers, the webhooks ask.
 */
export interface Advice {
  imagePullJob(job: ImagePullJob): string[];
  workload(change: WorkloadChange): string[];
}
