import type { PullJobTemplate } from './image-pull-job.ts';
import type { Condition, KubeObject } from './meta.ts';

/** A list job holds at most this many images. */
export const MAX_LIST_IMAGES = 255;

export interface ImageListPullJobSpec extends PullJobTemplate {
  /** Unique image references, 1 to {@link MAX_LIST_IMAGES}. */
  readonly images: readonly string[];
}

/** A child job with failed nodes. */
export interface FailedImageStatus {
  /** Name of the child ImagePullJob. */
  readonly imagePullJob: string;
  /** The image. */
  readonly name: string;
  readonly message?: string;
}

export interface ImageListPullJobStatus {
  readonly observedGeneration?: number;
  readonly startTime?: string;
  readonly completionTime?: string;
  /** Images in the list. */
  readonly desired: number;
  readonly active: number;
  readonly completed: number;
  readonly succeeded: number;
  /** Sorted by image. */
  readonly failedImageStatuses?: readonly FailedImageStatus[];
  readonly conditions?: readonly Condition[];
}

export interface ImageListPullJob extends KubeObject {
  readonly spec: ImageListPullJobSpec;
  readonly status?: ImageListPullJobStatus;
}
