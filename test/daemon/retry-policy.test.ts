import assert from 'node:assert/strict';
import type { TagPullPolicy } from '../../api/node-image.ts';
import type { PullFailureReason } from '../../api/pull-failure.ts';
import {
  type NextStep,
  nextStep,
  type PullLimits,
  pauseMs,
  pullLimits,
} from '../../daemon/retry-policy.ts';

describe('pullLimits', () => {
  const cases: { name: string; policy?: TagPullPolicy; limits: PullLimits }[] = [
    { name: 'takes the defaults of the peer', limits: { timeoutMs: 600_000, attempts: 4 } },
    {
      name: 'takes what is given',
      policy: { timeoutSeconds: 30, backoffLimit: 1, activeDeadlineSeconds: 60 },
      limits: { timeoutMs: 30_000, attempts: 2, deadlineMs: 60_000 },
    },
    {
      name: 'makes one attempt when no retry is allowed',
      policy: { backoffLimit: 0 },
      limits: { timeoutMs: 600_000, attempts: 1 },
    },
    {
      name: 'takes the default for numbers that make no sense',
      policy: { timeoutSeconds: 0, backoffLimit: -1 },
      limits: { timeoutMs: 600_000, attempts: 4 },
    },
  ];
  for (const { name, policy, limits } of cases) {
    it(name, () => assert.deepEqual(pullLimits(policy), limits));
  }
});

describe('nextStep', () => {
  const cases: {
    name: string;
    reason: PullFailureReason;
    timedOut?: boolean;
    attempt?: number;
    attempts?: number;
    outages?: number;
    step: NextStep;
  }[] = [
    { name: 'pauses after a failure of a registry', reason: 'PullFailed', step: 'retry-later' },
    { name: 'gives up after the last attempt', reason: 'PullFailed', attempt: 4, step: 'give-up' },
    {
      name: 'needs no pause after its own timeout',
      reason: 'Timeout',
      timedOut: true,
      step: 'retry-now',
    },
    { name: 'pauses when the runtime met a timeout', reason: 'Timeout', step: 'retry-later' },
    { name: 'never retries a bad name', reason: 'InvalidReference', step: 'give-up' },
    { name: 'asks once more for what was not found', reason: 'NotFound', step: 'retry-later' },
    { name: 'does not ask a third time', reason: 'NotFound', attempt: 2, step: 'give-up' },
    { name: 'tries renewed credentials once', reason: 'Unauthorized', step: 'retry-later' },
    { name: 'does not knock for ever', reason: 'Unauthorized', attempt: 2, step: 'give-up' },
    {
      name: 'keeps a limit below what a reason is worth',
      reason: 'NotFound',
      attempts: 1,
      step: 'give-up',
    },
    {
      name: 'retries when a registry asks for patience',
      reason: 'RateLimited',
      step: 'retry-later',
    },
    {
      name: 'waits for a runtime, also after the last attempt',
      reason: 'RuntimeUnavailable',
      attempt: 4,
      outages: 1,
      step: 'wait-for-runtime',
    },
    {
      name: 'counts an attempt when a runtime only says it is away',
      reason: 'RuntimeUnavailable',
      outages: 11,
      step: 'retry-later',
    },
    {
      name: 'waits for room on the disk, also after the last attempt',
      reason: 'InsufficientDisk',
      attempt: 4,
      outages: 59,
      step: 'wait-for-disk',
    },
    {
      name: 'does not wait for room for ever',
      reason: 'InsufficientDisk',
      outages: 60,
      step: 'give-up',
    },
  ];
  for (const { name, reason, step, timedOut = false, ...given } of cases) {
    it(name, () => {
      const { attempt = 1, outages = 0, attempts = 4 } = given;
      const failure = { reason, message: 'it failed', timedOut };
      const limits = { timeoutMs: 1000, attempts };
      assert.equal(nextStep(failure, limits, { attempt, outages }), step);
    });
  }
});

describe('pauseMs', () => {
  const cases: {
    name: string;
    reason: PullFailureReason;
    message?: string;
    retry?: number;
    random?: number;
    ms: number;
  }[] = [
    { name: 'is a second at first', reason: 'PullFailed', ms: 1_000 },
    { name: 'doubles', reason: 'PullFailed', retry: 3, ms: 4_000 },
    { name: 'ends at half a minute', reason: 'PullFailed', retry: 20, ms: 30_000 },
    { name: 'is random to a half', reason: 'PullFailed', retry: 2, random: 1, ms: 1_000 },
    { name: 'is longer for a registry that asks for patience', reason: 'RateLimited', ms: 10_000 },
    { name: 'is longer for a full disk', reason: 'DiskFull', ms: 20_000 },
    {
      name: 'is never shorter than what a registry asks for',
      reason: 'RateLimited',
      message: 'retry-after: 33',
      ms: 33_000,
    },
    {
      name: 'spreads what a registry asks for to the later side',
      reason: 'RateLimited',
      message: 'retry-after: 100',
      random: 1,
      ms: 120_000,
    },
    {
      name: 'does not wait for hours',
      reason: 'RateLimited',
      message: 'retry-after: 6h',
      ms: 300_000,
    },
    {
      name: 'takes the word of no other failure',
      reason: 'PullFailed',
      message: 'retry-after: 33',
      ms: 1_000,
    },
  ];
  for (const { name, reason, message = '', retry = 1, random = 0, ms } of cases) {
    it(name, () =>
      assert.equal(
        pauseMs({ reason, message }, retry, () => random),
        ms,
      ),
    );
  }
});
