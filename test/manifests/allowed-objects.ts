import {
  expression,
  imageListPullJob,
  imagePullJob,
  imageReferences,
  nodeImage,
  nodeImageOf,
  TAG,
  type TestObject,
} from './test-objects.ts';

/** Objects at the edge of a rule that must pass. */
export const ALLOWED_OBJECTS: readonly (readonly [title: string, object: TestObject])[] = [
  ['a job that says only its image', imagePullJob({})],
  ['an empty selector, which is every node', imagePullJob({ selector: {} })],
  ['an empty podSelector, which is every pod', imagePullJob({ podSelector: {} })],
  ['a paused job', imagePullJob({ parallelism: 0 })],
  ['a paused job in percent', imagePullJob({ parallelism: '0%' })],
  ['all nodes at once', imagePullJob({ parallelism: '100%' })],
  ['parallelism as a numeric text', imagePullJob({ parallelism: '10' })],
  ['the largest parallelism', imagePullJob({ parallelism: 2_147_483_647 })],
  ['a deadline of one attempt', imagePullJob({ completionPolicy: { activeDeadlineSeconds: 600 } })],
  [
    'a job that is deleted at once',
    imagePullJob({ completionPolicy: { ttlSecondsAfterFinished: 0 } }),
  ],
  ['a job that never ends', imagePullJob({ completionPolicy: { type: 'Never' } })],
  ['one attempt', imagePullJob({ pullPolicy: { backoffLimit: 0 } })],
  ['DoesNotExist', imagePullJob({ selector: expression('DoesNotExist') })],
  ['an image by digest', imagePullJob({ image: `nginx@sha256:${'0a'.repeat(32)}` })],
  ['an image by tag and digest', imagePullJob({ image: `nginx:1@sha256:${'0a'.repeat(32)}` })],
  ['an image of a registry with a port', imagePullJob({ image: 'localhost:5000/a/b_c:V1.0-x' })],
  ['the longest list', imageListPullJob({ images: imageReferences(255) })],
  ['a node that wants nothing', nodeImageOf({})],
  ['a tag that is a digest', nodeImage([{ ...TAG, tag: `sha256:${'0a'.repeat(32)}` }])],
];
