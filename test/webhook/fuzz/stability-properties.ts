import assert from 'node:assert/strict';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { isJsonObject, type JsonObject } from '../../../api/json.ts';
import { ANNOTATION_IMAGE_CHANGE } from '../../../api/names.ts';
import { IMAGE_LIST_PULL_JOBS, IMAGE_PULL_JOBS, NODE_IMAGES } from '../../../api/resources.ts';
import { validateImageListPullJob } from '../../../api/validate-image-list-pull-job.ts';
import { validateImagePullJob } from '../../../api/validate-image-pull-job.ts';
import { validateNodeImage } from '../../../api/validate-node-image.ts';
import { validateWorkloadSettings } from '../../../api/validate-workload.ts';
import { ROUTES, type Route } from '../../../webhook/routes.ts';
import { anyJob, anyNodeImage, anyWorkload } from '../../api/any-json.ts';
import type { FuzzProperty } from '../../daemon/fuzz/fuzz-property.ts';
import { imageListPullJob, imagePullJob, nodeImage, TAG } from '../../manifests/test-objects.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { fakeDeps } from '../fakes.ts';
import { requestOf } from '../review.ts';

const image = fc.constantFrom('a:1', 'a:2', 'b:1', 'docker.io/library/a:1');
const mark = fc.constantFrom(
  '{"web":{"from":"a:1","to":"a:2"}}',
  '{"web":{"from":"a:2","to":"a:1"},"log":{"from":null,"to":"b:1"}}',
  '{"web"',
  'null',
  '',
);
const container = fc.record({ name: fc.constantFrom('web', 'log', 'init'), image });

/** Workloads whose images and marks go together, or do not. */
const markedWorkload: fc.Arbitrary<unknown> = fc.record({
  metadata: fc.record(
    {
      name: fc.constant('web'),
      annotations: fc.option(
        fc.record(
          { [ANNOTATION_IMAGE_CHANGE]: mark, other: fc.constant('kept') },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: ['name'] },
  ),
  spec: fc.record({
    template: fc.record({
      spec: fc.record({
        containers: fc.uniqueArray(container, { maxLength: 3, selector: ({ name }) => name }),
      }),
    }),
  }),
});

/** Tags that pass, with and without the time they were written. */
const goodNodeImage: fc.Arbitrary<unknown> = fc
  .uniqueArray(fc.constantFrom('1', '2', '3'), { minLength: 1 })
  .map(tags => nodeImage(tags.map(tag => ({ ...TAG, tag }))));

const goodJob = fc.constantFrom(imagePullJob({}), imagePullJob({ selector: {}, pullPolicy: {} }));
const goodList = fc.constantFrom(imageListPullJob({}), imageListPullJob({ completionPolicy: {} }));

/** What may be written on a route. */
function objectsOf({ resources: { plural, group } }: Route): fc.Arbitrary<unknown> {
  if (plural === IMAGE_PULL_JOBS.plural) return fc.oneof(goodJob, anyJob);
  if (plural === IMAGE_LIST_PULL_JOBS.plural) return fc.oneof(goodList, anyJob);
  if (plural === NODE_IMAGES.plural && group === NODE_IMAGES.group) {
    return fc.oneof(goodNodeImage, anyNodeImage);
  }
  return fc.oneof({ weight: 3, arbitrary: markedWorkload }, { weight: 1, arbitrary: anyWorkload });
}

const write = fc.constantFrom(...ROUTES.filter(({ type }) => type === 'mutating')).chain(route =>
  fc.record({
    route: fc.constant(route),
    object: objectsOf(route).filter(isJsonObject),
    stored: fc.option(objectsOf(route).filter(isJsonObject), { nil: undefined }),
  }),
);

/** What is stored after `object` was written over `stored`; undefined when that is denied. */
function written(
  { handler, resources }: Route,
  object: JsonObject,
  stored: JsonObject | undefined,
  deps: ReturnType<typeof fakeDeps>,
): JsonObject | undefined {
  const plain = JSON.parse(JSON.stringify(object)) as JsonObject;
  const resource = { ...resources, version: resources.versions[0] ?? '', namespaced: true };
  const decision = handler(requestOf(plain, stored, resource), deps);
  if (decision.type !== 'allowed') return undefined;
  const patch = [...(decision.patch ?? [])];
  // The library refuses to apply what a Go program takes for any other name.
  fc.pre(!patch.some(({ path }) => path.includes('__proto__')));
  const { newDocument } = fastJsonPatch.applyPatch(plain, patch, true);
  return JSON.parse(JSON.stringify(newDocument)) as JsonObject;
}

const aMinuteLater = (): ReturnType<typeof fakeDeps> => ({
  ...fakeDeps(),
  clock: new FakeClock(Date.parse('2026-01-01T00:01:00Z')),
});

const judged = fc.oneof(
  fc.record({ judge: fc.constant(validateImagePullJob), object: anyJob }),
  fc.record({ judge: fc.constant(validateImageListPullJob), object: anyJob }),
  fc.record({ judge: fc.constant(validateNodeImage), object: anyNodeImage }),
  fc.record({ judge: fc.constant(validateWorkloadSettings), object: anyWorkload }),
);

/** Nothing moves that nobody moved. */
export const STABILITY_PROPERTIES: readonly FuzzProperty[] = [
  {
    name: 'a mutation that is applied to its own result gives no patch, on every route',
    runs: 500,
    property: fc.property(write, ({ route, object, stored }) => {
      const once = written(route, object, stored, fakeDeps());
      if (once === undefined) return;
      assert.deepEqual(written(route, once, stored, aMinuteLater()), once);
    }),
  },
  {
    name: 'whoever writes the same again, a minute later, changes nothing, on every route',
    runs: 500,
    property: fc.property(write, ({ route, object, stored }) => {
      const once = written(route, object, stored, fakeDeps());
      if (once === undefined) return;
      assert.deepEqual(written(route, object, once, aMinuteLater()), once);
    }),
  },
  {
    name: 'what is stored may be written again, whatever it is, and validators never throw',
    runs: 500,
    property: fc.property(judged, ({ judge, object }) => {
      judge(object);
      const stored = object ?? {};
      assert.deepEqual(judge(stored, stored).errors, []);
    }),
  },
];
