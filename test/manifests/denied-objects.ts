import { DENIED_CHANGES, DENIED_JOBS } from './denied-jobs.ts';
import {
  type DeniedObject,
  imageListPullJob,
  imagePullJob,
  imageReferences,
  named,
  nodeImage,
  nodeImageOf,
  TAG,
  type TestObject,
} from './test-objects.ts';

function list(title: string, spec: object, says: RegExp, path: string): DeniedObject {
  return { title: `a list job with ${title}`, object: imageListPullJob(spec), says, path };
}

function node(title: string, object: TestObject, says: RegExp, path: string): DeniedObject {
  return { title: `a NodeImage with ${title}`, object, says, path };
}

const LISTS: readonly DeniedObject[] = [
  list('no images', { images: [] }, /spec\.images: .*at least 1 items/, 'spec.images'),
  list(
    'a repeated image',
    { images: ['nginx:1', 'nginx:1'] },
    /spec\.images\[1\]: Duplicate value: "nginx:1"/,
    'spec.images',
  ),
  list(
    'too many images',
    { images: imageReferences(256) },
    /spec\.images: Too many: 256: must have at most 255 items/,
    'spec.images',
  ),
  list(
    'a malformed image',
    { images: ['nginx:1', 'nginx:'] },
    /spec\.images\[1\]: .*"nginx:" is not an image reference/,
    'spec.images[1]',
  ),
  list(
    'a text instead of a list',
    { images: 'nginx:1' },
    /spec\.images: .*must be of type array/,
    'spec.images',
  ),
  list(
    'what its children would be denied for',
    { selector: { names: ['a'] }, podSelector: {} },
    /spec\.podSelector: Forbidden: set selector or podSelector, not both/,
    'spec.podSelector',
  ),
];

const NODE_IMAGES: readonly DeniedObject[] = [
  node(
    'a repeated tag',
    nodeImage([TAG, TAG]),
    /spec\.images\[nginx\]\.tags\[1\]: Duplicate value: .*\{"tag":"1"\}/,
    'spec.images[nginx].tags',
  ),
  node(
    'a tag without a TTL',
    nodeImage([{ tag: '1', pullPolicy: {} }]),
    /spec\.images\.nginx\.tags\[0\]\.pullPolicy\.ttlSecondsAfterFinished: Required value/,
    'spec.images[nginx].tags[0].pullPolicy.ttlSecondsAfterFinished',
  ),
  node(
    'an empty tag',
    nodeImage([{ ...TAG, tag: '' }]),
    /spec\.images\.nginx\.tags\[0\]\.tag: .*at least 1 chars long/,
    'spec.images[nginx].tags[0].tag',
  ),
  node(
    'a version below zero',
    nodeImage([{ ...TAG, version: -1 }]),
    /spec\.images\.nginx\.tags\[0\]\.version: .*greater than or equal to 0/,
    'spec.images[nginx].tags[0].version',
  ),
  node(
    'an image without tags',
    nodeImageOf({ images: { nginx: {} } }),
    /spec\.images\.nginx\.tags: Required value/,
    'spec.images[nginx].tags',
  ),
  node(
    'more images than a node holds',
    nodeImageOf({
      images: Object.fromEntries(imageReferences(257).map((_, i) => [`app-${i}`, { tags: [TAG] }])),
    }),
    /spec\.images: Too many: 257: must have at most 256 items/,
    'spec.images',
  ),
];

/** The table. */
export const DENIED_OBJECTS: readonly DeniedObject[] = [
  ...DENIED_JOBS,
  ...DENIED_CHANGES,
  ...LISTS,
  ...NODE_IMAGES,
];

/** A good object of each kind, for those of the table that are to replace one. */
export const STORED_OBJECTS: readonly TestObject[] = [
  imagePullJob({}),
  imageListPullJob({}),
  nodeImage([TAG]),
].map(object => named('stored', object));
