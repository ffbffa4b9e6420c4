import assert from 'node:assert/strict';
import { jobState } from '../../../api/job-state.ts';
import { jobLines, jobSummary, progressLine } from '../../../cli/plugin/job-lines.ts';
import { jobTable } from '../../../cli/plugin/job-table.ts';
import { COMPLETE, FAILED, HALF, NOW, pullJob, withStatus } from './jobs.ts';

const plain = { now: NOW, withNamespace: false, wide: false };

describe('the table of jobs', () => {
  it('shows progress, state, time left and age', () => {
    assert.equal(
      jobTable([HALF, COMPLETE], plain).join('\n'),
      [
        'NAME   IMAGE        PROGRESS             FAILED   STATE      ETA     AGE',
        'base   nginx:1.27   ██████░░░░░░ 5/10    0        Pulling    2m30s   2m',
        'done   nginx:1.27   ████████████ 10/10   0        Complete   -       2m',
      ].join('\n'),
    );
  });

  it('lists failures by reason below, with namespaces when asked', () => {
    assert.equal(
      jobTable([FAILED], { ...plain, withNamespace: true }).join('\n'),
      [
        'NAMESPACE   NAME      IMAGE        PROGRESS            FAILED   STATE    ETA   AGE',
        'shop        private   nginx:1.27   ████████░░░░ 7/10   3        Failed   -     2m',
        '',
        'NAMESPACE   FAILED JOB   REASON         NODES   EXAMPLE',
        'shop        private      Unauthorized   2       node-3: access denied',
        'shop        private      NotFound       1       node-7: manifest unknown',
      ].join('\n'),
    );
  });

  it('tells bytes, counts, and whom the job is for, when wide', () => {
    const labels = { 'headstart/workload-kind': 'CloneSet', 'headstart/workload': 'web' };
    const job = { ...HALF, metadata: { ...HALF.metadata, labels } };
    const [header = '', row = ''] = jobTable([job], { ...plain, wide: true });
    assert.match(header, / ACTIVE +WAITING +UNAVAILABLE +BYTES +FOR +MESSAGE$/);
    assert.match(row, / 2 +3 +0 +250\/500 MB +CloneSet\/web +job is running, progress 50\.0%$/);
  });

  it('knows a job that nobody has looked at', () => {
    const [, row] = jobTable([pullJob()], plain);
    assert.equal(row, 'base   nginx:1.27   ░░░░░░░░░░░░ 0/0   0        Pending   -     2m');
  });
});

describe('the state of a job', () => {
  const old = { completionTime: '2026-01-01T12:01:00Z', conditions: [] };
  const cases = [
    { name: 'running', job: HALF, state: { kind: 'running', word: 'Pulling' } },
    { name: 'failed', job: FAILED, state: { kind: 'failed', word: 'Failed' } },
    { name: 'complete', job: COMPLETE, state: { kind: 'complete', word: 'Complete' } },
    {
      name: 'complete, as OpenKruise says it',
      job: withStatus(pullJob(), { ...old, succeeded: 10 }),
      state: { kind: 'complete', word: 'Complete' },
    },
    {
      name: 'failed, as OpenKruise says it',
      job: withStatus(pullJob(), { ...old, failed: 1 }),
      state: { kind: 'failed', word: 'Failed' },
    },
    {
      name: 'being deleted',
      job: withStatus(pullJob({ deletionTimestamp: '2026-01-01T12:01:00Z' }), {}),
      state: { kind: 'running', word: 'Terminating' },
    },
  ];
  for (const { name, job, state } of cases) {
    it(`is ${name}`, () => assert.deepEqual(jobState(job), state));
  }
});

describe('one job', () => {
  it('is followed on a terminal with a bar', () => {
    assert.deepEqual(jobLines(HALF, NOW), [
      'base   nginx:1.27',
      '██████░░░░░░ 5/10 nodes   Pulling, 2m30s left',
      '2 pulling, 3 waiting',
    ]);
  });

  it('is followed in a log with a line that changes only with its counts', () => {
    assert.equal(progressLine(HALF), 'base: 5/10 nodes, Pulling (2 pulling, 3 waiting)');
  });

  it('ends with where the image is', () => {
    assert.deepEqual(jobSummary(COMPLETE), [
      'imagepulljob "done" complete: nginx:1.27 is on 10 nodes',
    ]);
  });

  it('ends with what failed', () => {
    assert.deepEqual(jobSummary(FAILED), [
      'imagepulljob "private" failed on 3 of 10 nodes: job has completed: 3 failed (2 Unauthorized, 1 NotFound)',
      '  Unauthorized: 2 nodes, node-3: access denied',
      '  NotFound: 1 node, node-7: manifest unknown',
    ]);
  });
});
