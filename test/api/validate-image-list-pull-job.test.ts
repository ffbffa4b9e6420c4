import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderFieldErrors } from '../../api/field-error.ts';
import { memberAt } from '../../api/json.ts';
import { validateImageListPullJob } from '../../api/validate-image-list-pull-job.ts';
import { validateImagePullJob } from '../../api/validate-image-pull-job.ts';
import { ACCEPTED_TEMPLATES } from './accepted-templates.ts';
import { anyJob } from './any-json.ts';
import { DENIED_TEMPLATES, type DeniedSpec } from './denied-templates.ts';
import { imageListPullJob, imagePullJob } from './objects.ts';

const images = (count: number): string[] => Array.from({ length: count }, (_, i) => `app:${i}`);

const DENIED_IMAGES: readonly DeniedSpec[] = [
  { name: 'no images', spec: { images: undefined }, path: 'spec.images', message: /1 to 255/ },
  { name: 'an empty list', spec: { images: [] }, path: 'spec.images', message: /1 to 255/ },
  {
    name: 'more than 255 images',
    spec: { images: images(256) },
    path: 'spec.images',
    message: /at most 255 images, not 256; split the list/,
  },
  {
    name: 'an image listed twice',
    spec: { images: ['a', 'b', 'a'] },
    path: 'spec.images',
    message: /must not repeat "a"/,
  },
  {
    name: 'a malformed image by its position',
    spec: { images: ['a', 'B'] },
    path: 'spec.images[1]',
    message: /lower case/,
  },
  {
    name: 'an image that is null',
    spec: { images: [null] },
    path: 'spec.images[0]',
    message: /is required/,
  },
  {
    name: 'images that are no list',
    spec: { images: 'nginx' },
    path: 'spec.images',
    message: /must be a list/,
  },
];

describe('validateImageListPullJob', () => {
  for (const { name, spec, path, message } of [...DENIED_IMAGES, ...DENIED_TEMPLATES]) {
    it(`denies ${name}`, () => {
      const { errors } = validateImageListPullJob(imageListPullJob(spec));
      const found = errors.filter(error => error.path === path);
      assert.ok(
        found.some(error => message.test(error.message)),
        renderFieldErrors(errors),
      );
    });
  }

  for (const [name, spec] of [
    ...ACCEPTED_TEMPLATES,
    ['one image', { images: images(1) }] as const,
    ['255 images', { images: images(255) }] as const,
  ]) {
    it(`accepts ${name}`, () => {
      assert.deepEqual(validateImageListPullJob(imageListPullJob(spec)).errors, []);
    });
  }

  it('denies every list whose children would be denied (W24)', () => {
    fc.assert(
      fc.property(anyJob, object => {
        const template = memberAt(object, 'spec');
        const spec = { ...(typeof template === 'object' ? template : {}), images: ['nginx'] };
        if (validateImageListPullJob(imageListPullJob(spec)).errors.length > 0) return;
        const child = imagePullJob({ ...spec, image: 'nginx' });
        assert.deepEqual(validateImagePullJob(child).errors, []);
      }),
    );
  });

  it('lets images and pull secrets change', () => {
    const changed = imageListPullJob({ images: ['a'], pullSecrets: ['b'] });
    assert.deepEqual(validateImageListPullJob(changed, imageListPullJob()).errors, []);
  });

  it('lets a violation that stood before only warn, also when its image moved', () => {
    const before = imageListPullJob({ images: ['A'] });
    const after = imageListPullJob({ images: ['b', 'A'] });
    const { errors, warnings } = validateImageListPullJob(after, before);
    assert.deepEqual([errors.length, warnings.length], [0, 1]);
  });

  it('warns that an empty selector selects every node (W5)', () => {
    const { warnings } = validateImageListPullJob(imageListPullJob({ selector: {} }));
    assert.match(warnings.join(), /selects every node/);
  });

  it('never throws, and always allows metadata to change', () => {
    fc.assert(
      fc.property(anyJob, fc.option(anyJob), (object, old) => {
        validateImageListPullJob(object, old);
        const again = structuredClone(object);
        const { errors } = validateImageListPullJob(again, object ?? {});
        assert.deepEqual(errors, []);
      }),
      { numRuns: 300 },
    );
  });
});
