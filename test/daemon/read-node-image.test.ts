import assert from 'node:assert/strict';
import type { NodeImage } from '../../api/node-image.ts';
import { readNodeImage } from '../../daemon/read-node-image.ts';
import { finished, nodeImage, statusWith, tagSpec } from './node-images.ts';

const reading = (spec: unknown, status?: unknown) =>
  readNodeImage({ ...nodeImage({}), spec, status } as NodeImage);
const tagsIn = (image: unknown) => reading({ images: { a: image } }).spec.images['a']?.tags ?? [];
const problemOf = (entry: object): string | undefined =>
  tagsIn({ tags: [{ tag: '1', ...entry }] })[0]?.problem;

describe('readNodeImage', () => {
  it('changes nothing in what the manager writes', () => {
    const owner = { apiVersion: 'v1', kind: 'Job', namespace: 'ns', name: 'j', uid: 'u' };
    const policy = { timeoutSeconds: 60, backoffLimit: 0, activeDeadlineSeconds: 600 };
    const image = {
      pullSecrets: [{ namespace: 'ns', name: 'pull-0a1b2c' }],
      sandboxConfig: { labels: { a: 'b' }, annotations: { c: 'd' } },
      tags: [tagSpec('1', { version: 3, pullPolicy: policy, ownerReferences: [owner] })],
    };
    const object = nodeImage({ 'reg.test:5000/app': image });
    assert.deepEqual(readNodeImage(object), object);
  });

  it('takes null for nothing', () => {
    const entry = { version: null, pullPolicy: null, imagePullPolicy: null, ownerReferences: null };
    assert.deepEqual(tagsIn({ tags: [{ tag: '1', ...entry }], pullSecrets: null }), [
      { tag: '1', pullPolicy: {} },
    ]);
  });

  const malformed: [entry: object, problem: string][] = [
    [{ version: 'x' }, 'version must be a whole number, 0 or more'],
    [{ version: -1 }, 'version must be a whole number, 0 or more'],
    [{ version: 1.5 }, 'version must be a whole number, 0 or more'],
    [{ imagePullPolicy: 'Never' }, 'imagePullPolicy must be Always or IfNotPresent'],
    [{ createdAt: 5 }, 'createdAt must be a text'],
    [{ pullPolicy: [] }, 'pullPolicy must be an object'],
    [
      { pullPolicy: { timeoutSeconds: '60', backoffLimit: 0.5 } },
      'pullPolicy.timeoutSeconds must be a whole number; pullPolicy.backoffLimit must be a whole number',
    ],
    [{ ownerReferences: {} }, 'ownerReferences must be a list'],
    [{ ownerReferences: ['job'] }, 'ownerReferences[0] must be an object'],
    [{ ownerReferences: [{ name: 1 }] }, 'ownerReferences[0].name must be a text'],
  ];
  for (const [entry, problem] of malformed) {
    it(`names ${JSON.stringify(entry)}`, () => assert.equal(problemOf(entry), problem));
  }

  const ofImages: [image: object, problem: string][] = [
    [{ pullSecrets: 'pull' }, 'pullSecrets must be a list'],
    [
      { pullSecrets: [{ namespace: 'ns', name: '../x' }] },
      'pullSecrets[0].name must be a name of lower-case letters, digits, - and .',
    ],
    [{ sandboxConfig: [] }, 'sandboxConfig must be an object'],
    [
      { sandboxConfig: { labels: { a: 1 } } },
      'sandboxConfig.labels must be an object that holds a text each',
    ],
  ];
  for (const [image, problem] of ofImages) {
    it(`names ${JSON.stringify(image)} for each tag of the image`, () => {
      const tags = tagsIn({ ...image, tags: [{ tag: '1' }, { tag: '2' }] });
      assert.deepEqual(
        tags.map(tag => tag.problem),
        [problem, problem],
      );
    });
  }

  it('leaves out what has no tag', () => {
    assert.deepEqual(
      tagsIn({ tags: [null, 'x', {}, { tag: 5 }, { tag: '' }, { tag: '1' }] }).map(
        ({ tag }) => tag,
      ),
      ['1'],
    );
    for (const image of [null, 'x', [], { tags: {} }]) assert.deepEqual(tagsIn(image), []);
    for (const spec of [null, 'x', [], { images: [] }]) {
      assert.deepEqual(reading(spec).spec.images, {});
    }
  });

  it('knows images by any name', () => {
    const spec = JSON.parse('{"images":{"__proto__":{"tags":[{"tag":"1"}]}}}') as unknown;
    assert.deepEqual(Object.keys(reading(spec).spec.images), ['__proto__']);
  });

  it('keeps the results that stand in a status', () => {
    const status = statusWith({ a: [finished('1')] });
    assert.deepEqual(reading({}, status).status?.imageStatuses, status.imageStatuses);
  });

  const statuses: unknown[] = [
    'x',
    { imageStatuses: 5 },
    { imageStatuses: { a: { tags: 'x' } } },
    { imageStatuses: { a: { tags: [null, { tag: 1 }, { tag: '1', phase: 'Bogus' }] } } },
    { imageStatuses: { a: { tags: [{ tag: '1', phase: 'Failed', completionTime: null }] } } },
    { imageStatuses: { a: { tags: [finished('1', { phase: 'Waiting' })] } } },
  ];
  for (const status of statuses) {
    it(`leaves out what makes no sense in the status ${JSON.stringify(status)}`, () => {
      const tags = Object.values(reading({}, status).status?.imageStatuses ?? {});
      assert.deepEqual(
        tags.flatMap(image => image.tags),
        [],
      );
    });
  }
});
