import assert from 'node:assert/strict';
import type { ImageListPullJob } from '../../api/image-list-pull-job.ts';
import type { ImagePullJob, ImagePullJobSpec } from '../../api/image-pull-job.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { invalidListStatus, listStatus } from '../../controllers/image-list-pull-job/status.ts';
import type { TargetCounts } from '../../controllers/image-pull-job/progress.ts';
import { invalidStatus, statusOf } from '../../controllers/image-pull-job/status.ts';
import type { Verdict } from '../../controllers/image-pull-job/verdict.ts';
import { argoCdHealth } from './argo-cd-health.ts';

const NOW = '2026-01-01T00:00:00Z';
const spec: ImagePullJobSpec = { image: 'nginx:1', completionPolicy: { type: 'Always' } };
const job: ImagePullJob = { metadata: { name: 'warm', generation: 3 }, spec };
const counts: TargetCounts = {
  desired: 4,
  active: 1,
  waiting: 1,
  unavailable: 0,
  succeeded: 2,
  failed: 0,
  slots: 1,
  leaving: 0,
};
const noFailures = { groups: [], nodes: [], text: '' };
const failures = { groups: [], nodes: ['node-4'], text: '1 failed (Unauthorized)' };

/** A job as our controller leaves it. */
const jobAt = (verdict: Verdict, at: Partial<TargetCounts> = {}): ImagePullJob => {
  const facts = { job, counts: { ...counts, ...at }, verdict, now: NOW };
  return {
    ...job,
    status: statusOf({ ...facts, failures: (at.failed ?? 0) > 0 ? failures : noFailures }),
  };
};
const done = { active: 0, waiting: 0, succeeded: 4 };
const oneFailed = { active: 0, waiting: 0, succeeded: 3, failed: 1 };
const complete: Verdict = { kind: 'complete', reason: 'Succeeded' };

type Case = readonly [title: string, object: unknown, status: string, message: RegExp];

const jobs: readonly Case[] = [
  ['nobody has seen yet', job, 'Progressing', /waits for the manager/],
  ['pulls', jobAt({ kind: 'running', reason: 'Pulling' }), 'Progressing', /progress 50\.0%/],
  [
    'was edited',
    { ...jobAt(complete, done), metadata: { ...job.metadata, generation: 4 } },
    'Progressing',
    /waits for the manager/,
  ],
  [
    'waits for nodes',
    jobAt({ kind: 'running', reason: 'WaitingForNodes' }),
    'Progressing',
    /progress/,
  ],
  [
    'waits for a registry',
    jobAt({
      kind: 'running',
      reason: 'RegistryBudget',
      hold: { registry: 'docker.io', ceiling: 20, inFlight: 20, lowered: false },
    }),
    'Progressing',
    /docker\.io/,
  ],
  ['is paused', jobAt({ kind: 'running', reason: 'Paused' }), 'Suspended', /parallelism is 0/],
  ['is complete', jobAt(complete, done), 'Healthy', /job has completed/],
  [
    'failed on a node',
    jobAt({ kind: 'failed', reason: 'TargetsFailed' }, oneFailed),
    'Degraded',
    /TargetsFailed: .*Unauthorized/,
  ],
  [
    'took too long',
    jobAt({ kind: 'failed', reason: 'DeadlineExceeded' }),
    'Degraded',
    /DeadlineExceeded/,
  ],
  [
    'matches nothing',
    jobAt({ kind: 'failed', reason: 'NoMatchingNodes' }, { desired: 0 }),
    'Degraded',
    /no node matches/,
  ],
  [
    'is invalid',
    { ...job, status: invalidStatus(job, 'spec.image: "" is none', NOW) },
    'Degraded',
    /InvalidSpec: .*spec\.image/,
  ],
  [
    'of type Never has done its round',
    jobAt({ kind: 'running', reason: 'WaitingForNextPull' }, done),
    'Healthy',
    /all 4 nodes/,
  ],
  [
    'of type Never failed on a node',
    jobAt({ kind: 'running', reason: 'WaitingForNextPull' }, oneFailed),
    'Degraded',
    /1 of 4 nodes failed/,
  ],
  [
    'of type Never has no node yet',
    jobAt({ kind: 'running', reason: 'NoMatchingNodes' }, { desired: 0 }),
    'Healthy',
    /no node matches yet/,
  ],
  [
    'is being deleted',
    { ...jobAt(complete, done), metadata: { ...job.metadata, deletionTimestamp: NOW } },
    'Progressing',
    /being deleted/,
  ],
];

const listOf = (fields: Partial<ImageListPullJob['spec']> = {}): ImageListPullJob => ({
  metadata: { name: 'list', generation: 1 },
  spec: { completionPolicy: { type: 'Always' }, images: ['nginx:1', 'busybox:1'], ...fields },
});
/** A list as our controller leaves it while its children are so far. */
const listAt = (children: readonly ImagePullJob[], list = listOf()): ImageListPullJob => {
  const [first, second = first] = children;
  const current = new Map(
    Object.entries({ 'nginx:1': first, 'busybox:1': second }).flatMap(([image, child]) =>
      child === undefined ? [] : [[image, { ...child, spec: { ...child.spec, image } }] as const],
    ),
  );
  return { ...list, status: listStatus(list, current, NOW) };
};
const never: ImageListPullJob = listOf({ completionPolicy: { type: 'Never' } });
const childOfNever = (at: Partial<TargetCounts>): ImagePullJob => ({
  ...jobAt({ kind: 'running', reason: 'WaitingForNextPull' }, at),
  spec: { ...spec, completionPolicy: { type: 'Never' } },
});

const lists: readonly Case[] = [
  ['nobody has seen yet', listOf(), 'Progressing', /waits for the manager/],
  [
    'pulls',
    listAt([jobAt(complete, done), jobAt({ kind: 'running', reason: 'Pulling' })]),
    'Progressing',
    /1 of 2 images done/,
  ],
  [
    'is paused',
    listAt([jobAt({ kind: 'running', reason: 'Paused' })], listOf({ parallelism: 0 })),
    'Suspended',
    /parallelism is 0/,
  ],
  ['is complete', listAt([jobAt(complete, done)]), 'Healthy', /2 of 2 images done/],
  [
    'failed for an image',
    listAt([jobAt(complete, done), jobAt({ kind: 'failed', reason: 'TargetsFailed' }, oneFailed)]),
    'Degraded',
    /busybox:1: .*Unauthorized/,
  ],
  [
    'is invalid',
    { ...listOf(), status: invalidListStatus(listOf(), 'spec.images: too many', NOW) },
    'Degraded',
    /spec\.images/,
  ],
  [
    'of type Never has done its round',
    listAt([childOfNever(done)], never),
    'Healthy',
    /all 2 images/,
  ],
  [
    'of type Never failed for an image',
    listAt([childOfNever(done), childOfNever(oneFailed)], never),
    'Degraded',
    /1 of 2 images/,
  ],
  [
    'is being deleted',
    { ...listOf(), metadata: { name: 'list', deletionTimestamp: NOW } },
    'Progressing',
    /being deleted/,
  ],
];

const nodeImage = (phase?: 'Pulling' | 'Succeeded' | 'Failed', version = 2): NodeImage => ({
  metadata: { name: 'node-1' },
  spec: { images: { nginx: { tags: [{ tag: '1', version: 2 }] } } },
  ...(phase === undefined
    ? {}
    : {
        status: {
          desired: 1,
          imageStatuses: {
            nginx: { tags: [{ tag: '1', version, phase, reason: 'Unauthorized' }] },
          },
        },
      }),
});

const nodeImages: readonly Case[] = [
  ['wants nothing', { metadata: { name: 'node-1' }, spec: {} }, 'Healthy', /all 0 images/],
  ['no daemon has seen', nodeImage(), 'Progressing', /0 of 1/],
  ['pulls', nodeImage('Pulling'), 'Progressing', /0 of 1/],
  ['has all', nodeImage('Succeeded'), 'Healthy', /all 1 images/],
  ['has what an entry asked for before', nodeImage('Succeeded', 1), 'Progressing', /0 of 1/],
  ['could not pull', nodeImage('Failed'), 'Degraded', /nginx:1: Unauthorized/],
  [
    'is being deleted',
    { ...nodeImage('Failed'), metadata: { name: 'node-1', deletionTimestamp: NOW } },
    'Progressing',
    /being deleted/,
  ],
];

describe('Argo CD shows', () => {
  for (const [kind, cases] of Object.entries({
    ImagePullJob: jobs,
    ImageListPullJob: lists,
    NodeImage: nodeImages,
  })) {
    for (const [title, object, status, message] of cases) {
      it(`${status} for the ${kind} that ${title}`, async () => {
        const health = await argoCdHealth(kind, object);
        assert.match(health.message, message);
        assert.equal(health.status, status);
      });
    }
  }
});
