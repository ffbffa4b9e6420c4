import type { ImagePullJobSpec, ImagePullJobStatus } from '../../api/image-pull-job.ts';
import type { ImageTagStatus } from '../../api/node-image.ts';

/** What happens, or what must be so then. */
export type ManagerStep =
  | { readonly seconds: number }
  /** There is a pull secret of this name beside the jobs. */
  | { readonly secret: string }
  /** Somebody makes a job. */
  | { readonly job: string; readonly uid: string; readonly spec: Partial<ImagePullJobSpec> }
  | { readonly deleted: string }
  /** The daemon puts its status; `late`: from a copy that the manager has changed since, which is a conflict. */
  | {
      readonly reports: Readonly<Record<string, readonly ImageTagStatus[]>>;
      readonly late?: true;
    }
  /** All of `spec.images`, as the daemon decodes it. */
  | { readonly wants: Readonly<Record<string, unknown>> }
  /** The status of a job has these fields. */
  | { readonly says: string; readonly status: Partial<ImagePullJobStatus> };

/** A recorded exchange. `sections`: of the description of OpenKruise that it follows. */
export interface ManagerSequence {
  readonly title: string;
  readonly sections: string;
  readonly steps: readonly ManagerStep[];
}

/** Seconds after the start of each sequence, as the clock of the test has them. */
export const at = (seconds: number): string =>
  new Date(Date.parse('2026-01-01T00:00:00Z') + seconds * 1_000).toISOString().replace('.000', '');

/** A job as the owner of an entry. */
export const owner = (name: string, uid: string) => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'ImagePullJob',
  namespace: 'default',
  name,
  uid,
});

/** An entry as the job controller makes it: 3 retries of 600 s, 30 s between two, 5 minutes of slack. */
export const entry = (version: number, createdAt: string, owners: readonly object[]) => ({
  tag: '1.27',
  createdAt,
  pullPolicy: {
    timeoutSeconds: 600,
    backoffLimit: 3,
    activeDeadlineSeconds: 2_790,
    ttlSecondsAfterFinished: 3_090,
  },
  ownerReferences: owners,
  version,
  imagePullPolicy: 'IfNotPresent',
});

/** A digest reference's tag. */
export const DIGEST = `sha256:${'4b'.repeat(32)}`;

/** In the queue of its node. */
export const waiting = (version: number): ImageTagStatus => ({
  tag: '1.27',
  version,
  phase: 'Waiting',
});
/** The worker has begun. */
export const pulling = (version: number, startTime: string): ImageTagStatus => ({
  tag: '1.27',
  version,
  phase: 'Pulling',
  startTime,
});
/** As OpenKruise's daemon names an image. */
export const succeeded = (
  version: number,
  startTime: string,
  completionTime: string,
): ImageTagStatus => ({
  tag: '1.27',
  version,
  phase: 'Succeeded',
  progress: 100,
  startTime,
  completionTime,
  imageID: 'nginx@sha256:0f1e2d3c',
});
/** As it tells a failure: without a reason. */
export const failed = (
  version: number,
  completionTime: string,
  message: string,
): ImageTagStatus => ({
  tag: '1.27',
  version,
  phase: 'Failed',
  startTime: at(0),
  completionTime,
  message,
});
