import assert from 'node:assert/strict';
import type { ImageTagSpec, ImageTagStatus, NodeImageSpec } from '../../../api/node-image.ts';
import { assignTag } from '../../../controllers/image-pull-job/assign-tag.ts';
import { type ReleaseOf, releaseTag } from '../../../controllers/image-pull-job/keep-tag.ts';
import { at, nodeImage, ownedBy, requestOf, T0, T0_MS } from './builders.ts';

const NOW = { now: at(60), nowMs: T0_MS + 60_000, again: false };

function assigned(
  request: ReturnType<typeof requestOf>,
  entry?: Partial<ImageTagSpec>,
  status?: Partial<ImageTagStatus>,
  options: Partial<typeof NOW> = {},
): ImageTagSpec | undefined {
  const result = assignTag(nodeImage(entry, status), request, { ...NOW, ...options });
  assert.ok(!('refused' in result));
  return result.images?.['nginx']?.tags[0];
}

const always = { imagePullPolicy: 'Always' } as const;

describe('assignTag', () => {
  it('makes an entry with finite limits, an owner and the version it waits for', () => {
    const entry = assigned(requestOf('job'));
    assert.deepEqual(entry, {
      tag: '1.27',
      createdAt: NOW.now,
      version: 0,
      imagePullPolicy: 'IfNotPresent',
      ownerReferences: [
        {
          apiVersion: 'apps.kruise.io/v1beta1',
          kind: 'ImagePullJob',
          namespace: 'default',
          name: 'job',
          uid: 'job',
        },
      ],
      owners: [{ uid: 'job', version: 0 }],
      pullPolicy: {
        timeoutSeconds: 600,
        backoffLimit: 3,
        activeDeadlineSeconds: 600 * 4 + 90 + 300,
        ttlSecondsAfterFinished: 600 * 4 + 90 + 600,
      },
    });
  });

  it('starts above a version that the node still reports', () => {
    const image = nodeImage(undefined, { version: 6, phase: 'Succeeded' });
    const spec = assignTag(image, requestOf('job'), NOW);
    assert.ok(!('refused' in spec));
    assert.equal(spec.images?.['nginx']?.tags[0]?.version, 7);
  });

  it('keeps tags sorted and other images as they are', () => {
    const other = { tags: [{ tag: 'v1' }] };
    const image = {
      ...nodeImage(),
      spec: { images: { nginx: { tags: [{ tag: '1.28' }, { tag: '2' }] }, other } },
    };
    const spec = assignTag(image, requestOf('job'), NOW);
    assert.ok(!('refused' in spec));
    assert.deepEqual(
      spec.images?.['nginx']?.tags.map(({ tag }) => tag),
      ['1.27', '1.28', '2'],
    );
    assert.equal(spec.images?.['other'], other);
  });

  it('changes nothing when the job has its entry, pending or ended', () => {
    for (const phase of ['Pulling', 'Succeeded', 'Failed'] as const) {
      const image = nodeImage(ownedBy('job'), { version: 0, phase });
      assert.equal(assignTag(image, requestOf('job'), NOW), image.spec);
    }
  });

  it('raises the version when an ended pull is due again, never that of a running one', () => {
    const again = { again: true };
    assert.equal(
      assigned(requestOf('job'), ownedBy('job'), { version: 0, phase: 'Succeeded' }, again)
        ?.version,
      1,
    );
    assert.equal(
      assigned(requestOf('job'), ownedBy('job'), { version: 0, phase: 'Pulling' }, again)?.version,
      0,
    );
  });

  const sharing: readonly {
    name: string;
    version: number;
    entry?: Partial<ImageTagSpec>;
    status?: Partial<ImageTagStatus>;
    spec?: object;
  }[] = [
    { name: 'shares a pull that runs', status: { version: 0, phase: 'Pulling' }, version: 0 },
    { name: 'shares a pull that was not answered yet', version: 0 },
    { name: 'shares a pull of a job that always pulls', entry: always, spec: always, version: 0 },
    {
      name: 'does not share a pull that may be satisfied by a present image when it must pull',
      spec: always,
      version: 1,
    },
    {
      name: 'shares a fresh success',
      status: { version: 0, phase: 'Succeeded', completionTime: at(50) },
      version: 0,
    },
    {
      name: 'has an old success verified, as the node may have deleted the image',
      status: { version: 0, phase: 'Succeeded', completionTime: at(-700) },
      version: 1,
    },
    {
      name: 'does not share a success when it must pull',
      status: { version: 0, phase: 'Succeeded', completionTime: at(50) },
      spec: always,
      version: 1,
    },
    { name: 'does not share a failure', status: { version: 0, phase: 'Failed' }, version: 1 },
  ];
  for (const { name, entry = {}, status, spec = {}, version } of sharing) {
    it(`W37: ${name}`, () => {
      const result = assigned(requestOf('second', spec), { ...ownedBy('first'), ...entry }, status);
      assert.equal(result?.version, version);
      assert.deepEqual(
        result?.owners?.map(({ uid }) => uid),
        ['first', 'second'],
      );
      assert.equal(result?.owners?.[1]?.version, version);
      assert.equal(result?.createdAt, version === 0 ? T0 : NOW.now);
    });
  }

  it('W37: keeps the results of others when it raises the version', () => {
    const failed = {
      version: 0,
      phase: 'Failed',
      reason: 'NotFound',
      message: 'x'.repeat(2_000),
    } as const;
    const [first] = assigned(requestOf('second'), ownedBy('first'), failed)?.owners ?? [];
    assert.deepEqual(first, {
      uid: 'first',
      version: 0,
      result: { phase: 'Failed', reason: 'NotFound', message: 'x'.repeat(256) },
    });
  });

  it('W37: a shared entry is as patient as its most patient owner', () => {
    const request = requestOf('second', { pullPolicy: { timeoutSeconds: 5, backoffLimit: 9 } });
    const policy = assigned(request, ownedBy('first'))?.pullPolicy;
    assert.equal(policy?.timeoutSeconds, 10);
    assert.equal(policy?.backoffLimit, 9);
  });

  it('gives an entry that a person wrote a start', () => {
    assert.equal(assigned(requestOf('job'), { version: 0 })?.createdAt, NOW.now);
  });

  it('W17: clamps times that do not fit', () => {
    const request = requestOf('job', {
      pullPolicy: { timeoutSeconds: 2 ** 31 - 1, backoffLimit: 1_000 },
      completionPolicy: { type: 'Always', ttlSecondsAfterFinished: 2 ** 31 - 1 },
    });
    assert.equal(request.pullPolicy.ttlSecondsAfterFinished, 2 ** 31 - 1);
    assert.equal(request.pullPolicy.activeDeadlineSeconds, 2 ** 31 - 1);
  });

  it('W13: refuses a 257th image, but not another tag of one that is there', () => {
    const images = Object.fromEntries(
      Array.from({ length: 256 }, (_, i) => [`image-${i}`, { tags: [{ tag: 'v' }] }]),
    );
    const full = { ...nodeImage(), spec: { images } };
    const refused = assignTag(full, requestOf('job'), NOW);
    assert.ok('refused' in refused);
    assert.equal(refused.refused.reason, 'NodeImageFull');
    assert.ok(!('refused' in assignTag(full, requestOf('job', { image: 'image-7:new' }), NOW)));
  });
});

describe('releaseTag', () => {
  const cases: readonly [ReleaseOf, Partial<ImageTagStatus> | undefined, boolean][] = [
    ['any', { version: 0, phase: 'Succeeded' }, true],
    ['pending', { version: 0, phase: 'Succeeded' }, false],
    ['pending', { version: 0, phase: 'Pulling' }, true],
    ['unstarted', { version: 0, phase: 'Pulling' }, false],
    ['unstarted', { version: 0, phase: 'Waiting' }, true],
    ['unstarted', undefined, true],
  ];
  for (const [which, status, goes] of cases) {
    it(`${goes ? 'takes' : 'leaves'} a ${status?.phase ?? 'silent'} entry when ${which} may go`, () => {
      const image = nodeImage(ownedBy('job'), status);
      const spec: NodeImageSpec = releaseTag(image, requestOf('job'), which);
      assert.deepEqual(spec, goes ? { images: {} } : image.spec);
    });
  }
});
