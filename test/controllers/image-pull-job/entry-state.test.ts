import assert from 'node:assert/strict';
import type { ImageTagSpec, ImageTagStatus } from '../../../api/node-image.ts';
import { entryState } from '../../../controllers/image-pull-job/entry-state.ts';
import { at, nodeImage, ownedBy, requestOf, T0 } from './builders.ts';

interface Case {
  readonly name: string;
  readonly entry?: Partial<ImageTagSpec>;
  readonly status?: Partial<ImageTagStatus>;
  readonly kind: string;
  readonly also?: Record<string, unknown>;
}

const CASES: readonly Case[] = [
  { name: 'is none without an entry', kind: 'none' },
  { name: 'is none when others own the entry', entry: ownedBy('other'), kind: 'none' },
  {
    name: 'is pending before the daemon answers',
    entry: ownedBy('job'),
    kind: 'pending',
    also: { answered: false, started: false, deadlineMs: 60_000 },
  },
  {
    name: 'is pending while the status is of an older version',
    entry: ownedBy('job', 2),
    status: { version: 1, phase: 'Succeeded' },
    kind: 'pending',
    also: { answered: false },
  },
  {
    name: 'is pending and answered while it waits on the node',
    entry: ownedBy('job'),
    status: { version: 0, phase: 'Waiting' },
    kind: 'pending',
    also: { answered: true, started: false },
  },
  {
    name: 'is pending and started while the runtime pulls',
    entry: ownedBy('job'),
    status: { version: 0, phase: 'Pulling' },
    kind: 'pending',
    also: { answered: true, started: true },
  },
  {
    name: 'takes the first final status at or above its version',
    entry: { ...ownedBy('job', 1), version: 3 },
    status: { version: 3, phase: 'Succeeded', completionTime: at(5) },
    kind: 'succeeded',
    also: { endedAtMs: Date.parse(at(5)) },
  },
  {
    name: 'is pending when the entry was raised before its result came: the daemon is about to forget that one',
    entry: { ...ownedBy('job', 1), version: 2 },
    status: { version: 1, phase: 'Succeeded', completionTime: at(5) },
    kind: 'pending',
    also: { answered: false },
  },
  {
    name: 'gives the reason that the daemon gave',
    entry: ownedBy('job'),
    status: { version: 0, phase: 'Failed', reason: 'DiskFull', message: 'full' },
    kind: 'failed',
    also: { failure: { reason: 'DiskFull', message: 'full' } },
  },
  {
    name: "reads the reason from the message of the peer's daemon",
    entry: ownedBy('job'),
    status: { version: 0, phase: 'Failed', message: 'unexpected status: 401 Unauthorized' },
    kind: 'failed',
    also: { failure: { reason: 'Unauthorized', message: 'unexpected status: 401 Unauthorized' } },
  },
  {
    name: 'keeps a result that a raised version would hide',
    entry: {
      ...ownedBy('job'),
      version: 1,
      owners: [{ uid: 'job', version: 0, result: { phase: 'Failed', reason: 'NotFound' } }],
    },
    status: { version: 1, phase: 'Pulling' },
    kind: 'failed',
    also: { failure: { reason: 'NotFound', message: '' } },
  },
  {
    name: "waits for the version of an entry that the peer's manager wrote",
    entry: { version: 4, createdAt: T0, ownerReferences: [requestOf('job').owner] },
    status: { version: 3, phase: 'Succeeded' },
    kind: 'pending',
  },
  {
    name: 'W2: has a finite deadline also where the entry has none',
    entry: {
      createdAt: T0,
      ownerReferences: [requestOf('job').owner],
      pullPolicy: { timeoutSeconds: 60, backoffLimit: 1 },
    },
    kind: 'pending',
    also: { deadlineMs: (60 * 2 + 30 + 300) * 1_000 },
  },
];

describe('entryState', () => {
  for (const { name, entry, status, kind, also = {} } of CASES) {
    it(name, () => {
      const state = entryState(nodeImage(entry, status), { name: 'nginx', tag: '1.27' }, 'job');
      assert.equal(state.kind, kind);
      assert.deepEqual({ ...state, ...also }, state);
    });
  }
});
