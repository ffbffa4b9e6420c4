import assert from 'node:assert/strict';
import { jobRow } from '../../../dashboard/server/job-row.ts';
import {
  countStates,
  failuresByReason,
  jobsInOrder,
  nodesInOrder,
} from '../../../dashboard/wire/summary.ts';
import { jobOf } from '../fleet.ts';

const failure = (reason: string, count: number) => ({
  reason,
  count,
  exampleNode: 'node-1',
  exampleMessage: 'no',
});

describe('summaries of the dashboard', () => {
  it('add up the failures of all jobs by reason, the most frequent first', () => {
    const jobs = {
      'shop/a': jobRow(jobOf('a', { status: { failures: [failure('NotFound', 1)] } })),
      'shop/b': jobRow(
        jobOf('b', { status: { failures: [failure('NotFound', 2), failure('Unauthorized', 9)] } }),
      ),
    };
    assert.deepEqual(
      failuresByReason(jobs).map(({ reason, count, jobs: of }) => [reason, count, of]),
      [
        ['Unauthorized', 9, ['shop/b']],
        ['NotFound', 3, ['shop/a', 'shop/b']],
      ],
    );
  });

  it('show running jobs before those that ended', () => {
    const ended = jobRow(jobOf('a', { status: { completionTime: '2026-01-01T00:01:00Z' } }));
    const jobs = { 'shop/a': ended, 'shop/b': jobRow(jobOf('b', { status: {} })) };
    assert.deepEqual(
      jobsInOrder(jobs).map(([key]) => key),
      ['shop/b', 'shop/a'],
    );
  });

  it('order nodes as people count, and count their states', () => {
    const row = { state: 'warm', wanted: 1, warm: 1 } as const;
    const nodes = { 'node-10': row, 'node-2': row };
    assert.deepEqual(
      nodesInOrder(nodes).map(([name]) => name),
      ['node-2', 'node-10'],
    );
    assert.equal(countStates(nodes).warm, 2);
  });
});
