import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { validateImageListPullJob } from '../../api/validate-image-list-pull-job.ts';
import { validateImagePullJob } from '../../api/validate-image-pull-job.ts';
import { validateNodeImage } from '../../api/validate-node-image.ts';
import { ALLOWED_OBJECTS } from './allowed-objects.ts';
import { DENIED_OBJECTS } from './denied-objects.ts';
import { DOCUMENTS_AS_WRITTEN } from './documents-as-written.ts';
import type { TestObject } from './test-objects.ts';

const validators: Readonly<Record<string, typeof validateImagePullJob>> = {
  ImagePullJob: validateImagePullJob,
  ImageListPullJob: validateImageListPullJob,
  NodeImage: validateNodeImage,
};

const judge = (object: TestObject, was?: TestObject): ReturnType<typeof validateImagePullJob> =>
  (validators[object.kind] ?? assert.fail())(object, was);

describe('The rules of api/, on the objects that the CRDs deny (test/cluster/crds.cluster.ts)', () => {
  for (const { title, object, was, path } of DENIED_OBJECTS) {
    it(`deny ${title}`, () => {
      const { errors } = judge(object, was);
      assert.deepEqual([...new Set(errors.map(error => error.path))], [path]);
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
