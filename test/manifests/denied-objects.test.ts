import assert from 'node:assert/strict';
import { parse } from 'yaml';
import type { JsonObject } from '../../api/json.ts';
import type { Resource } from '../../api/resource.ts';
import { IMAGE_LIST_PULL_JOBS, IMAGE_PULL_JOBS, NODE_IMAGES } from '../../api/resources.ts';
import { validateImageListPullJob } from '../../api/validate-image-list-pull-job.ts';
import { validateImagePullJob } from '../../api/validate-image-pull-job.ts';
import { validateNodeImage } from '../../api/validate-node-image.ts';
import type { AdmissionDecision } from '../../webhook/admission.ts';
import { fakeDeps } from '../webhook/fakes.ts';
import { requestOf, routeOf } from '../webhook/review.ts';
import { ALLOWED_OBJECTS } from './allowed-objects.ts';
import { DENIED_OBJECTS, STORED_OBJECTS } from './denied-objects.ts';
import { DOCUMENTS_AS_WRITTEN } from './documents-as-written.ts';
import type { TestObject } from './test-objects.ts';

const validators: Readonly<Record<string, typeof validateImagePullJob>> = {
  ImagePullJob: validateImagePullJob,
  ImageListPullJob: validateImageListPullJob,
  NodeImage: validateNodeImage,
};

const judge = (object: TestObject, was?: TestObject): ReturnType<typeof validateImagePullJob> =>
  (validators[object.kind] ?? assert.fail())(object, was);

const resources: readonly Resource[] = [IMAGE_PULL_JOBS, IMAGE_LIST_PULL_JOBS, NODE_IMAGES];

function decisionOf(
  type: 'mutating' | 'validating',
  object: TestObject,
  old?: TestObject,
): AdmissionDecision {
  const resource = resources.find(({ kind }) => kind === object.kind) ?? assert.fail();
  const [now, before] = [object, old] as readonly object[] as readonly JsonObject[];
  return routeOf(type, resource).handler(requestOf(now, before, resource), fakeDeps());
}

describe('The rules of api/, on the objects that the CRDs deny (test/cluster/crds.cluster.ts)', () => {
  for (const { title, object, was, path } of DENIED_OBJECTS) {
    it(`deny ${title}`, () => {
      const { errors } = judge(object, was);
      assert.deepEqual([...new Set(errors.map(error => error.path))], [path]);
    });
  }

  for (const type of ['mutating', 'validating'] as const) {
    it(`are asked by the ${type} webhooks, for new objects and for changes`, () => {
      for (const { title, object, was, path } of DENIED_OBJECTS) {
        const stored = was ?? STORED_OBJECTS.find(({ kind }) => kind === object.kind);
        for (const old of was === undefined ? [undefined, stored] : [stored]) {
          const decision = decisionOf(type, object, old);
          assert.ok(decision.type === 'denied', title);
          assert.ok(
            decision.errors.some(error => error.path === path),
            title,
          );
        }
      }
    });
  }

  for (const [title, object] of ALLOWED_OBJECTS) {
    it(`allow ${title}`, () => {
      assert.deepEqual(judge(object).errors, []);
    });
  }

  for (const { title, manifest } of DOCUMENTS_AS_WRITTEN) {
    it(`deny ${title}`, () => {
      assert.notDeepEqual(judge(parse(manifest) as TestObject).errors, []);
    });
  }
});
