import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultNodeImage } from '../../api/default-node-image.ts';
import { renderFieldErrors } from '../../api/field-error.ts';
import { validateNodeImage } from '../../api/validate-node-image.ts';
import { anyNodeImage } from './any-json.ts';
import { nodeImage, nodeImageOf } from './objects.ts';

const manyImages = (count: number): unknown =>
  nodeImageOf(
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`app-${i}`, { tags: [] }])),
  );
const tag = 'spec.images[nginx].tags[0]';
const policy = (members: object): unknown =>
  nodeImage({ pullPolicy: { ttlSecondsAfterFinished: 600, ...members } });
const owned = { ownerReferences: [{ kind: 'ImagePullJob', uid: 'u' }], pullPolicy: {} };

describe('validateNodeImage', () => {
  for (const [name, object, path, message] of [
    ['more than 256 images (W13)', manyImages(257), 'spec.images', /at most 256 images, not 257/],
    ['an empty image name', nodeImageOf({ '': { tags: [] } }), 'spec.images[]', /not be empty/],
    [
      'a malformed image name',
      nodeImageOf({ Nginx: { tags: [] } }),
      'spec.images[Nginx]',
      /must be lower case/,
    ],
    [
      'an image name with its tag',
      nodeImageOf({ 'nginx:1.27': { tags: [] } }),
      'spec.images[nginx:1.27]',
      /must stand alone; write 1\.27 into its tags/,
    ],
    ['an image without tags', nodeImageOf({ nginx: {} }), 'spec.images[nginx].tags', /is required/],
    ['an image that is a list', nodeImageOf({ nginx: [] }), 'spec.images[nginx]', /an object/],
    ['images that are a list', nodeImageOf([]), 'spec.images', /must be an object/],
    ['a spec that is a text', { spec: 'x' }, 'spec', /must be an object/],
    [
      'tags that are no list',
      nodeImageOf({ nginx: { tags: 'x' } }),
      'spec.images[nginx].tags',
      /list/,
    ],
    ['a tag that is a text', nodeImageOf({ nginx: { tags: ['x'] } }), tag, /an object with a tag/],
    ['an empty tag', nodeImage({ tag: '' }), `${tag}.tag`, /a tag such as/],
    ['a malformed tag', nodeImage({ tag: '-x' }), `${tag}.tag`, /a tag such as/],
    ['a tag twice', nodeImage({}, {}), 'spec.images[nginx].tags', /must not repeat "1\.27"/],
    ['a negative version', nodeImage({ version: -1 }), `${tag}.version`, /from 0/],
    [
      'a createdAt that is no time',
      nodeImage({ createdAt: 'x' }),
      `${tag}.createdAt`,
      /a time such/,
    ],
    [
      'a pull policy typo',
      nodeImage({ imagePullPolicy: 'x' }),
      `${tag}.imagePullPolicy`,
      /Always or/,
    ],
    [
      'a hand-written tag without a TTL, which would stay for ever',
      nodeImage({ pullPolicy: {} }),
      `${tag}.pullPolicy.ttlSecondsAfterFinished`,
      /required for a tag without owners/,
    ],
    [
      'a negative TTL',
      policy({ ttlSecondsAfterFinished: -1 }),
      `${tag}.pullPolicy.ttlSecondsAfterFinished`,
      /from 0/,
    ],
    ['a timeout of 0', policy({ timeoutSeconds: 0 }), `${tag}.pullPolicy.timeoutSeconds`, /from 1/],
    [
      'a deadline of 0',
      policy({ activeDeadlineSeconds: 0 }),
      `${tag}.pullPolicy.activeDeadlineSeconds`,
      /from 1/,
    ],
    [
      'an owner that is a text',
      nodeImage({ ...owned, ownerReferences: ['x'] }),
      `${tag}.ownerReferences[0]`,
      /object/,
    ],
    [
      'a pull secret without a namespace',
      nodeImageOf({ nginx: { tags: [], pullSecrets: [{ name: 'a' }] } }),
      'spec.images[nginx].pullSecrets[0].namespace',
      /is required/,
    ],
    [
      'a pull secret that is a text',
      nodeImageOf({ nginx: { tags: [], pullSecrets: ['a'] } }),
      'spec.images[nginx].pullSecrets[0]',
      /namespace and name/,
    ],
  ] as const) {
    it(`denies ${name}`, () => {
      const { errors } = validateNodeImage(object);
      const found = errors.filter(error => error.path === path);
      assert.ok(
        found.some(error => message.test(error.message)),
        renderFieldErrors(errors),
      );
    });
  }

  for (const [name, object] of [
    ['an empty spec', { spec: {} }],
    ['no spec at all', {}],
    ['256 images', manyImages(256)],
    ['a hand-written tag with a TTL', nodeImage({})],
    [
      'a hand-written tag without createdAt, which the controller completes',
      nodeImage({ createdAt: undefined }),
    ],
    ['an owned tag without a TTL', nodeImage(owned)],
    ['a digest as tag', nodeImage({ tag: `sha256:${'a'.repeat(64)}` })],
    ['a registry with a port', nodeImageOf({ 'reg.example:5000/app': { tags: [] } })],
    [
      'a mirrored pull secret',
      nodeImageOf({
        app: {
          tags: [],
          pullSecrets: [{ namespace: 'kruise-daemon-config', name: 'a-1f', mode: 'batch' }],
        },
      }),
    ],
  ] as const) {
    it(`accepts ${name}`, () => {
      assert.deepEqual(validateNodeImage(object), { errors: [], warnings: [] });
    });
  }

  it('warns about a long name, once, because jobs look for the short one', () => {
    const long = nodeImageOf({ 'docker.io/library/nginx': { tags: [] } });
    const { errors, warnings } = validateNodeImage(long);
    assert.deepEqual(errors, []);
    assert.match(warnings.join(), /jobs know this image as 'nginx'/);
    assert.deepEqual(validateNodeImage(long, long).warnings, []);
  });

  it('lets a violation that stood before only warn, also when its tag moved', () => {
    const before = nodeImage({ tag: 'b', version: -1 });
    const after = nodeImage({ tag: 'a' }, { tag: 'b', version: -1 });
    const { errors, warnings } = validateNodeImage(after, before);
    assert.deepEqual([errors.length, warnings.length], [0, 1]);
  });

  it('never throws, and always allows metadata to change', () => {
    fc.assert(
      fc.property(anyNodeImage, fc.option(anyNodeImage), (object, old) => {
        validateNodeImage(object, old);
        assert.deepEqual(validateNodeImage(structuredClone(object), object ?? {}).errors, []);
      }),
      { numRuns: 300 },
    );
  });

  it('judges a NodeImage the same before and after defaulting', () => {
    fc.assert(
      fc.property(anyNodeImage, object => {
        const paths = (value: unknown): number => validateNodeImage(value).errors.length;
        assert.equal(paths(defaultNodeImage(object, '2026-01-01T00:00:00Z')), paths(object));
      }),
    );
  });
});
