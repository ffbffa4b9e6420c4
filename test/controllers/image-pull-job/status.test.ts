import assert from 'node:assert/strict';
import type { ImagePullJobStatus } from '../../../api/image-pull-job.ts';
import { LABEL_WORKLOAD } from '../../../api/names.ts';
import { summarizeFailures } from '../../../controllers/image-pull-job/failures.ts';
import type { TargetCounts } from '../../../controllers/image-pull-job/progress.ts';
import { statusOf, statusPatch } from '../../../controllers/image-pull-job/status.ts';
import { type Verdict, verdictOn } from '../../../controllers/image-pull-job/verdict.ts';
import { at, jobOf } from './builders.ts';

const NONE: TargetCounts = {
  desired: 0,
  active: 0,
  waiting: 0,
  unavailable: 0,
  succeeded: 0,
  failed: 0,
  slots: 0,
  leaving: 0,
};

const failure = (reason: string) => ({ reason, message: `${reason} happened` });

describe('verdictOn', () => {
  const never = jobOf('job', { completionPolicy: { type: 'Never' } });
  const plain = jobOf('job');
  const rollout = {
    ...plain,
    metadata: { ...plain.metadata, labels: { [LABEL_WORKLOAD]: 'web' } },
  };
  const cases: readonly {
    name: string;
    job?: typeof plain;
    counts?: Partial<TargetCounts>;
    most?: number;
    missing?: number;
    overdue?: true;
    paused?: true;
    verdict: `${Verdict['kind']} ${string}`;
  }[] = [
    {
      name: 'pulls while slots are taken',
      counts: { desired: 2, active: 1, slots: 1, waiting: 1 },
      verdict: 'running Pulling',
    },
    {
      name: 'is paused when nothing may start',
      counts: { desired: 2, waiting: 2 },
      paused: true,
      verdict: 'running Paused',
    },
    {
      name: 'waits for nodes when only unavailable ones are left',
      counts: { desired: 2, succeeded: 1, unavailable: 1 },
      verdict: 'running WaitingForNodes',
    },
    {
      name: 'is not done while entries have yet to go',
      counts: { desired: 1, succeeded: 1, leaving: 1, slots: 1 },
      verdict: 'running Pulling',
    },
    {
      name: 'is complete when all succeeded',
      counts: { desired: 2, succeeded: 2 },
      verdict: 'complete Succeeded',
    },
    {
      name: 'fails when some failed',
      counts: { desired: 2, succeeded: 1, failed: 1 },
      verdict: 'failed TargetsFailed',
    },
    { name: 'W14: fails when nothing matched', verdict: 'failed NoMatchingNodes' },
    {
      name: 'W14: fails when every name is missing',
      counts: { desired: 2, failed: 2 },
      missing: 2,
      verdict: 'failed NoMatchingNodes',
    },
    {
      name: 'fails at its deadline',
      counts: { desired: 2, active: 1, slots: 1, succeeded: 1 },
      overdue: true,
      verdict: 'failed DeadlineExceeded',
    },
    {
      name: 'is complete when it was done before its deadline',
      counts: { desired: 1, succeeded: 1 },
      overdue: true,
      verdict: 'complete Succeeded',
    },
    {
      name: 'is overtaken by its rollout before it did anything',
      job: rollout,
      verdict: 'complete RolloutOvertook',
    },
    {
      name: 'is overtaken when the last pods moved on',
      job: rollout,
      counts: { desired: 3, succeeded: 3 },
      most: 5,
      verdict: 'complete RolloutOvertook',
    },
    {
      name: 'is not overtaken when every node was served',
      job: rollout,
      counts: { desired: 3, succeeded: 3 },
      most: 3,
      verdict: 'complete Succeeded',
    },
    {
      name: 'is failed rather than overtaken',
      job: rollout,
      counts: { desired: 3, succeeded: 2, failed: 1 },
      most: 5,
      verdict: 'failed TargetsFailed',
    },
    {
      name: 'never ends when it is a Never job',
      job: never,
      counts: { desired: 2, succeeded: 1, failed: 1 },
      verdict: 'running WaitingForNextPull',
    },
    {
      name: 'waits for nodes to match when it is a Never job',
      job: never,
      verdict: 'running NoMatchingNodes',
    },
  ];
  for (const {
    name,
    job = plain,
    counts,
    most = 0,
    missing = 0,
    overdue,
    paused,
    verdict,
  } of cases) {
    it(name, () => {
      const { kind, reason } = verdictOn({
        job,
        counts: { ...NONE, ...counts },
        mostTargets: most,
        missing: () => missing,
        overdue: overdue === true,
        paused: paused === true,
      });
      assert.equal(`${kind} ${reason}`, verdict);
    });
  }
});

describe('summarizeFailures', () => {
  it('puts the most frequent reason first, with the first node as the example', () => {
    const { groups, nodes, text } = summarizeFailures([
      ['node-3', failure('Unauthorized')],
      ['node-1', failure('NotFound')],
      ['node-2', failure('Unauthorized')],
    ]);
    assert.deepEqual(nodes, ['node-1', 'node-2', 'node-3']);
    assert.deepEqual(groups, [
      {
        reason: 'Unauthorized',
        count: 2,
        exampleNode: 'node-2',
        exampleMessage: 'Unauthorized happened',
      },
      { reason: 'NotFound', count: 1, exampleNode: 'node-1', exampleMessage: 'NotFound happened' },
    ]);
    assert.equal(text, '3 failed (2 Unauthorized, 1 NotFound)');
  });

  it('W14: names the missing nodes, the first five of them', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(
      name => [name, failure('NodeNotFound')] as const,
    );
    assert.equal(
      summarizeFailures(names).text,
      '7 failed (NodeNotFound: a, b, c, d, e and 2 more)',
    );
  });

  it('W44: keeps at most 1,000 names and counts all', () => {
    const many = Array.from(
      { length: 1_500 },
      (_, i) => [`node-${i}`, failure('NotFound')] as const,
    );
    const { nodes, groups } = summarizeFailures(many);
    assert.equal(nodes.length, 1_000);
    assert.equal(groups[0]?.count, 1_500);
  });
});

describe('statusOf', () => {
  const nothing = summarizeFailures([]);
  const running: Verdict = { kind: 'running', reason: 'Pulling' };

  it("says the peer's messages", () => {
    const messages = [
      [NONE, running, 'job is running, no progress'],
      [{ ...NONE, desired: 3, succeeded: 1 }, running, 'job is running, progress 33.3%'],
      [
        { ...NONE, desired: 1, succeeded: 1 },
        { kind: 'complete', reason: 'Succeeded' },
        'job has completed',
      ],
      [
        { ...NONE, desired: 1, active: 1 },
        { kind: 'failed', reason: 'DeadlineExceeded' },
        'job exceeds activeDeadlineSeconds',
      ],
    ] as const;
    for (const [counts, verdict, message] of messages) {
      const status = statusOf({
        job: jobOf('job'),
        counts,
        failures: nothing,
        verdict,
        now: at(0),
      });
      assert.equal(status.message, message);
    }
  });

  it('takes the end away when the job opens again', () => {
    const job = jobOf('job');
    const counts = { ...NONE, desired: 2, succeeded: 1, active: 1, slots: 1 };
    const done = statusOf({
      job,
      counts: { ...NONE, desired: 1, succeeded: 1 },
      failures: nothing,
      verdict: { kind: 'complete', reason: 'Succeeded' },
      now: at(1),
    });
    const opened = statusOf({
      job: { ...job, status: done },
      counts,
      failures: nothing,
      verdict: running,
      now: at(2),
    });
    assert.equal(opened.completionTime, undefined);
    assert.deepEqual(
      opened.conditions?.map(({ type, status }) => `${type} ${status}`),
      ['Progressing True'],
    );
    assert.equal(opened.startTime, at(1));
  });

  it('has not observed an edit while entries have yet to go', () => {
    const job = {
      ...jobOf('job'),
      status: { desired: 1, observedGeneration: 0 } as ImagePullJobStatus,
    };
    const facts = { job, failures: nothing, verdict: running, now: at(0) };
    assert.equal(statusOf({ ...facts, counts: { ...NONE, leaving: 1 } }).observedGeneration, 0);
    assert.equal(statusOf({ ...facts, counts: NONE }).observedGeneration, 1);
  });
});

describe('statusPatch', () => {
  it('sets what is gone to null', () => {
    const base = { desired: 1, active: 0, succeeded: 0, failed: 0 };
    const before = { ...base, completionTime: at(0), failedNodes: ['a'] };
    assert.deepEqual(statusPatch(before, base), {
      ...base,
      completionTime: null,
      failedNodes: null,
    });
  });
});
