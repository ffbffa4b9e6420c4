import type { ImagePullJob, ImagePullJobSpec } from '../../../api/image-pull-job.ts';
import type { ImageTagSpec, ImageTagStatus, NodeImage } from '../../../api/node-image.ts';
import { type TagRequest, tagRequestOf } from '../../../controllers/image-pull-job/tag-request.ts';
import { pullJob } from '../cluster.ts';

export const T0 = '2026-01-01T00:00:00Z';
export const T0_MS = Date.parse(T0);

/** RFC 3339 of a moment after {@link T0}. */
export const at = (seconds: number): string =>
  new Date(T0_MS + seconds * 1_000).toISOString().replace('.000', '');

/** A job with a uid, as the API has it. */
export function jobOf(uid: string, spec: Partial<ImagePullJobSpec> = {}): ImagePullJob {
  const job = pullJob(uid, spec);
  return { ...job, metadata: { ...job.metadata, uid, generation: 1 } };
}

/** What the job `uid` asks of a node. */
export function requestOf(uid: string, spec: Partial<ImagePullJobSpec> = {}): TagRequest {
  const request = tagRequestOf(jobOf(uid, spec));
  if (request === undefined) throw new Error('the image is no reference');
  return request;
}

/** A NodeImage `node-1` with one tag, nginx:1.27, and its status. */
export function nodeImage(
  entry?: Partial<ImageTagSpec>,
  status?: Partial<ImageTagStatus>,
): NodeImage {
  const tag = '1.27';
  return {
    metadata: { name: 'node-1', uid: 'uid-1', resourceVersion: '1', generation: 1 },
    spec: entry === undefined ? {} : { images: { nginx: { tags: [{ tag, ...entry }] } } },
    ...(status === undefined
      ? {}
      : {
          status: {
            desired: 1,
            imageStatuses: { nginx: { tags: [{ tag, phase: 'Waiting', ...status }] } },
          },
        }),
  };
}

/** An entry that the job `uid` owns. */
export function ownedBy(uid: string, version = 0): Partial<ImageTagSpec> {
  return {
    version,
    createdAt: T0,
    ownerReferences: [requestOf(uid).owner],
    owners: [{ uid, version }],
    imagePullPolicy: 'IfNotPresent',
    pullPolicy: { timeoutSeconds: 10, backoffLimit: 0, activeDeadlineSeconds: 60 },
  };
}
