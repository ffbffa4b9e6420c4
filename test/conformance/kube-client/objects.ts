import { randomBytes } from 'node:crypto';
import type { Secret } from '../../../api/core.ts';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import type { NodeImage } from '../../../api/node-image.ts';

/** A name nobody used before, so that the suite can run twice on one server. */
export function freshName(stem: string): string {
  return `${stem}-${randomBytes(5).toString('hex')}`;
}

/** A Secret with base64 data. */
export function secret(
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Secret {
  return { metadata: { namespace, name, labels }, type: 'Opaque', data: { key: 'dmFsdWU=' } };
}

/** A NodeImage that wants one tag. */
export function nodeImage(name: string): NodeImage {
  return {
    metadata: { name },
    spec: {
      images: { nginx: { tags: [{ tag: '1', pullPolicy: { ttlSecondsAfterFinished: 600 } }] } },
    },
  };
}

/** A job on every node. */
export function imagePullJob(
  namespace: string,
  name: string,
  finalizers: readonly string[] = [],
): ImagePullJob {
  return {
    metadata: { namespace, name, finalizers },
    spec: { image: 'nginx:1', completionPolicy: { type: 'Always' } },
  };
}
