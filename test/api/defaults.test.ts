import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultImageListPullJob } from '../../api/default-image-list-pull-job.ts';
import { defaultImagePullJob } from '../../api/default-image-pull-job.ts';
import { defaultNodeImage } from '../../api/default-node-image.ts';
import { anyJob, anyNodeImage } from './any-json.ts';
import { nodeImageOf } from './objects.ts';

const NOW = '2026-01-01T00:00:00Z';
const spec = (members: object): unknown => ({ metadata: { name: 'a' }, spec: members });
const filled = {
  completionPolicy: { type: 'Always' },
  pullPolicy: { timeoutSeconds: 600, backoffLimit: 3 },
};

describe('defaultImagePullJob', () => {
  for (const [name, before, after] of [
    ['fills in everything', {}, { ...filled, imagePullPolicy: 'IfNotPresent' }],
    [
      'fills in null and empty as if absent',
      { completionPolicy: null, pullPolicy: null, imagePullPolicy: '' },
      { ...filled, imagePullPolicy: 'IfNotPresent' },
    ],
    [
      'keeps what is written',
      {
        completionPolicy: { type: 'Never' },
        pullPolicy: { timeoutSeconds: 1 },
        imagePullPolicy: 'Always',
      },
      {
        completionPolicy: { type: 'Never' },
        pullPolicy: { timeoutSeconds: 1, backoffLimit: 3 },
        imagePullPolicy: 'Always',
      },
    ],
    [
      'keeps a deadline and adds the type',
      { completionPolicy: { activeDeadlineSeconds: 700, type: '' } },
      {
        ...filled,
        completionPolicy: { activeDeadlineSeconds: 700, type: 'Always' },
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    [
      'leaves values of a wrong type to the validator',
      { completionPolicy: [], pullPolicy: 'x', imagePullPolicy: 7 },
      { completionPolicy: [], pullPolicy: 'x', imagePullPolicy: 7 },
    ],
    [
      'does not repair an empty text where a number belongs',
      { pullPolicy: { timeoutSeconds: '' } },
      {
        ...filled,
        pullPolicy: { timeoutSeconds: '', backoffLimit: 3 },
        imagePullPolicy: 'IfNotPresent',
      },
    ],
  ] as const) {
    it(name, () => {
      assert.deepEqual(defaultImagePullJob(spec(before)), spec(after));
    });
  }

  it('adds no finalizer: the controller does, where there is something to release', () => {
    assert.deepEqual(Object.keys(defaultImagePullJob(spec({})) as object), ['metadata', 'spec']);
  });
});

describe('defaultImageListPullJob', () => {
  it('leaves imagePullPolicy to the children', () => {
    assert.deepEqual(defaultImageListPullJob(spec({})), spec(filled));
  });
});

describe('defaultNodeImage', () => {
  const tagsOf = (object: unknown): unknown =>
    (object as { spec: { images: { nginx: { tags: unknown } } } }).spec.images.nginx.tags;

  it('completes the tag of a hand-written patch', () => {
    const tags = [{ tag: 'latest', pullPolicy: { ttlSecondsAfterFinished: 600 } }];
    assert.deepEqual(tagsOf(defaultNodeImage(nodeImageOf({ nginx: { tags } }), NOW)), [
      {
        tag: 'latest',
        createdAt: NOW,
        pullPolicy: { ttlSecondsAfterFinished: 600, timeoutSeconds: 600, backoffLimit: 3 },
      },
    ]);
  });

  it('keeps the time of a tag that stands there already, so that one file may be applied again and again', () => {
    const tags = [{ tag: 'a' }, { tag: 'b', version: 1 }, { tag: 'c' }];
    const old = [
      { tag: 'a', createdAt: 'then', version: 0 },
      { tag: 'b', createdAt: 'then' },
      { tag: 'c', createdAt: null },
    ];
    const filledIn = defaultNodeImage(
      nodeImageOf({ nginx: { tags } }),
      NOW,
      nodeImageOf({ nginx: { tags: old } }),
    );
    const times = (tagsOf(filledIn) as readonly { createdAt: string }[]).map(t => t.createdAt);
    assert.deepEqual(times, ['then', NOW, NOW]);
  });

  it('sorts tags by their text, byte by byte, and keeps createdAt', () => {
    const tags = [{ tag: 'b', createdAt: 'x' }, { tag: 'a' }, { tag: 'B' }, 7];
    const sorted = tagsOf(defaultNodeImage(nodeImageOf({ nginx: { tags } }), NOW));
    assert.deepEqual(
      (sorted as readonly { tag?: string; createdAt?: string }[]).map(t => [t.tag, t.createdAt]),
      [
        [undefined, undefined],
        ['B', NOW],
        ['a', NOW],
        ['b', 'x'],
      ],
    );
  });
});

describe('defaulting', () => {
  const all = [
    defaultImagePullJob,
    defaultImageListPullJob,
    (object: unknown) => defaultNodeImage(object, NOW),
  ];

  it('never throws, changes nothing in place, and gives the same object back when nothing changes', () => {
    fc.assert(
      fc.property(fc.oneof(anyJob, anyNodeImage), object => {
        const copy = structuredClone(object);
        for (const apply of all) {
          const once = apply(object);
          assert.deepEqual(object, copy);
          assert.equal(apply(once), once);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps an image whose name is __proto__', () => {
    const object: unknown = JSON.parse('{"spec":{"images":{"__proto__":{"tags":[{"tag":"a"}]}}}}');
    assert.match(
      JSON.stringify(defaultNodeImage(object, NOW)),
      /"__proto__":\{"tags":\[\{"tag":"a","createdAt"/,
    );
  });
});
