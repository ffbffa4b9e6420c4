import type {
  ImageSpec,
  ImageTagSpec,
  ImageTagStatus,
  NodeImage,
  NodeImageStatus,
} from '../../api/node-image.ts';

/** Objects for tests of the daemon. */

export const CREATED_AT = '2026-01-01T00:00:00Z';

/** An entry as the manager writes it: present images are not pulled. */
export function tagSpec(tag: string, fields: Partial<ImageTagSpec> = {}): ImageTagSpec {
  return {
    tag,
    createdAt: CREATED_AT,
    pullPolicy: {},
    version: 0,
    imagePullPolicy: 'IfNotPresent',
    ...fields,
  };
}

/** A result of a version of a tag. */
export function finished(tag: string, fields: Partial<ImageTagStatus> = {}): ImageTagStatus {
  return { tag, version: 0, phase: 'Succeeded', completionTime: CREATED_AT, ...fields };
}

/** A NodeImage that wants `images`: name → tags, or the whole entry. */
export function nodeImage(
  images: Readonly<Record<string, readonly ImageTagSpec[] | ImageSpec>>,
  status?: NodeImageStatus,
): NodeImage {
  const entries = Object.entries(images).map(([name, image]) => [
    name,
    'tags' in image ? image : { tags: image },
  ]);
  return {
    metadata: { name: 'node-1', uid: 'uid-1', resourceVersion: '1' },
    spec: { images: Object.fromEntries(entries) as Record<string, ImageSpec> },
    ...(status === undefined ? {} : { status }),
  };
}

/** A status that holds these tags: name → tags. */
export function statusWith(
  images: Readonly<Record<string, readonly ImageTagStatus[]>>,
): NodeImageStatus {
  const entries = Object.entries(images).map(([name, tags]) => [name, { tags }]);
  return { desired: 0, imageStatuses: Object.fromEntries(entries) };
}
