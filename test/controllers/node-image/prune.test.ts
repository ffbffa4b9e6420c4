import assert from 'node:assert/strict';
import type { ObjectReference } from '../../../api/meta.ts';
import type { ImageTagSpec, ImageTagStatus, NodeImage } from '../../../api/node-image.ts';
import { type OwnerState, prune } from '../../../controllers/node-image/prune.ts';

const T0_MS = Date.parse('2026-01-01T00:00:00Z');
const NOW_MS = T0_MS + 3_600_000;
const T0 = '2026-01-01T00:00:00Z';

const owner = (uid: string): ObjectReference => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'ImagePullJob',
  namespace: 'default',
  name: uid,
  uid,
});

function nodeImage(entry: Partial<ImageTagSpec>, status?: Partial<ImageTagStatus>): NodeImage {
  const tag = '1.27';
  return {
    metadata: { name: 'node-1' },
    spec: {
      images: {
        nginx: {
          tags: [{ tag, createdAt: T0, pullPolicy: { ttlSecondsAfterFinished: 600 }, ...entry }],
        },
      },
    },
    ...(status === undefined
      ? {}
      : {
          status: {
            desired: 1,
            imageStatuses: {
              nginx: { tags: [{ tag, phase: 'Succeeded', completionTime: T0, ...status }] },
            },
          },
        }),
  };
}

/** Owners are named after their state. */
const facts = {
  ownerState: ({ uid = '' }: ObjectReference) => uid.split('-')[0] as OwnerState,
  usesSecret: (_uids: readonly string[], secret: string) => secret === 'used',
  nowMs: NOW_MS,
  now: '2026-01-01T01:00:00Z',
};

const CASES: readonly {
  name: string;
  owners?: readonly string[];
  entry?: Partial<ImageTagSpec>;
  status?: Partial<ImageTagStatus>;
  /** Owners that stay; null when the entry goes. */
  left: readonly string[] | null;
  nextInMs?: number;
}[] = [
  {
    name: 'W1: keeps an entry of an unfinished job, however old',
    owners: ['unfinished'],
    status: { version: 0 },
    left: ['unfinished'],
  },
  {
    name: 'W1: even when another owner has finished',
    owners: ['finished', 'unfinished'],
    status: { version: 0 },
    left: ['finished', 'unfinished'],
  },
  { name: 'drops an entry when its job is gone', owners: ['gone'], left: null },
  { name: 'drops one owner that is gone', owners: ['gone', 'unfinished'], left: ['unfinished'] },
  {
    name: 'keeps an entry while nobody knows of its owner',
    owners: ['unknown'],
    status: { version: 0 },
    left: ['unknown'],
  },
  { name: 'leaves foreign owners alone', owners: ['foreign'], left: ['foreign'] },
  {
    name: 'drops an entry when all jobs have finished and the TTL is over',
    owners: ['finished'],
    status: { version: 0 },
    left: null,
  },
  {
    name: 'keeps it until then',
    owners: ['finished'],
    status: { version: 0, completionTime: '2026-01-01T00:55:00Z' },
    left: ['finished'],
    nextInMs: 300_000,
  },
  {
    name: 'keeps it while a newer version has not ended',
    owners: ['finished'],
    entry: { version: 2 },
    status: { version: 1 },
    left: ['finished'],
  },
  {
    name: 'keeps it while the pull runs',
    owners: ['finished'],
    status: { version: 0, phase: 'Pulling' },
    left: ['finished'],
  },
  { name: 'lets an entry written by hand live by its own TTL', status: { version: 0 }, left: null },
  { name: 'and for good without one', entry: { pullPolicy: {} }, status: { version: 0 }, left: [] },
];

describe('prune', () => {
  for (const {
    name,
    owners,
    entry = {},
    status,
    left,
    nextInMs = Number.POSITIVE_INFINITY,
  } of CASES) {
    it(name, () => {
      const owned =
        owners === undefined
          ? {}
          : {
              ownerReferences: owners.map(owner),
              owners: owners.map(uid => ({ uid, version: 0 })),
            };
      const before = nodeImage({ ...owned, ...entry }, status);
      const { spec, nextCheckMs } = prune(before, facts);
      const kept = spec.images?.['nginx']?.tags[0];
      assert.deepEqual(
        kept === undefined ? null : (kept.ownerReferences ?? []).map(({ uid }) => uid),
        left,
      );
      assert.deepEqual(
        (kept?.owners ?? []).map(({ uid }) => uid),
        left ?? [],
      );
      assert.equal(nextCheckMs - NOW_MS, nextInMs);
      if (left?.length === (owners?.length ?? 0))
        assert.equal(spec, before.spec, 'the same object');
    });
  }

  it('completes an entry that was written by hand without a start', () => {
    const image = {
      metadata: { name: 'node-1' },
      spec: { images: { nginx: { tags: [{ tag: '1' }] } } },
    };
    assert.equal(prune(image, facts).spec.images?.['nginx']?.tags[0]?.createdAt, facts.now);
  });

  it('W45: drops mirrored secrets that no owner uses, and no others', () => {
    const pullSecrets = [
      { namespace: 'kruise-daemon-config', name: 'used', mode: 'batch' },
      { namespace: 'kruise-daemon-config', name: 'unused', mode: 'batch' },
      { namespace: 'kruise-daemon-config', name: 'plain' },
      { namespace: 'elsewhere', name: 'foreign' },
    ];
    const image = nodeImage({ ownerReferences: [owner('unfinished')] });
    const tags = image.spec.images?.['nginx']?.tags ?? [];
    const { spec } = prune({ ...image, spec: { images: { nginx: { tags, pullSecrets } } } }, facts);
    assert.deepEqual(
      spec.images?.['nginx']?.pullSecrets?.map(({ name }) => name),
      ['used', 'plain', 'foreign'],
    );
  });
});
