import assert from 'node:assert/strict';
import type { EntryState } from '../../../controllers/image-pull-job/entry-state.ts';
import {
  type JobFacts,
  SILENCE_MS,
  type TargetFacts,
  type TargetState,
  targetState,
} from '../../../controllers/image-pull-job/target-state.ts';
import { nodeImage, requestOf, T0_MS } from './builders.ts';

const NOW = T0_MS + 60 * 60_000;
const DOWN = { available: false, sinceMs: NOW - 60_000, why: 'not Ready' } as const;
const failure = { reason: 'NotFound', message: '' };

const pending = (changes: Partial<Extract<EntryState, { kind: 'pending' }>> = {}): EntryState => ({
  kind: 'pending',
  answered: true,
  started: true,
  createdAtMs: NOW - 1_000,
  deadlineMs: 60_000,
  ...changes,
});
const ended = (kind: 'succeeded' | 'failed', createdAtMs = NOW - 60_000): EntryState => {
  const times = { createdAtMs, endedAtMs: createdAtMs + 30_000 };
  return kind === 'failed' ? { kind, failure, ...times } : { kind, ...times };
};

interface Case {
  readonly name: string;
  readonly job?: Partial<JobFacts>;
  readonly target?: Partial<TargetFacts>;
  readonly gone?: true;
  readonly state: Partial<TargetState> | undefined;
}

const CASES: readonly Case[] = [
  { name: 'a node without an entry waits', state: { kind: 'waiting', again: false } },
  {
    name: 'a node that is not selected is no target',
    target: { selected: false },
    state: undefined,
  },
  {
    name: 'an assigned node is active until it counts as lost',
    target: { entry: pending() },
    state: { kind: 'active', recheckAtMs: NOW - 1_000 + 60_000 + SILENCE_MS },
  },
  {
    name: 'an entry that is not answered is lost after ten minutes',
    target: { entry: pending({ answered: false, started: false, createdAtMs: NOW - SILENCE_MS }) },
    state: { kind: 'leaving', release: 'pending', holdsSlot: true },
  },
  {
    name: 'an answered one may take its deadline and ten minutes',
    target: { entry: pending({ createdAtMs: NOW - SILENCE_MS - 59_000 }) },
    state: { kind: 'active' },
  },
  {
    name: 'and no longer (W2)',
    target: { entry: pending({ createdAtMs: NOW - SILENCE_MS - 60_000 }) },
    state: { kind: 'leaving', release: 'pending', holdsSlot: true },
  },
  {
    name: 'an assigned node that is down keeps its slot for ten minutes',
    target: { entry: pending({ deadlineMs: 9_000_000 }), availability: DOWN },
    state: { kind: 'active', recheckAtMs: NOW - 1_000 + SILENCE_MS },
  },
  { name: 'a success sticks', target: { entry: ended('succeeded') }, state: { kind: 'succeeded' } },
  {
    name: 'a success sticks when the node is down',
    target: { entry: ended('succeeded'), availability: DOWN },
    state: { kind: 'succeeded' },
  },
  {
    name: 'a success sticks after the pod moved',
    target: { entry: ended('succeeded'), selected: false },
    state: { kind: 'succeeded' },
  },
  {
    name: 'a failure sticks',
    target: { entry: ended('failed') },
    state: { kind: 'failed', failure },
  },
  {
    name: 'a started pull may end after its pod moved',
    target: { entry: pending(), selected: false },
    state: { kind: 'active' },
  },
  {
    name: 'one that was not started is dropped',
    target: { entry: pending({ started: false }), selected: false },
    state: { kind: 'leaving', release: 'unstarted', holdsSlot: true },
  },
  {
    name: 'W46: an edit takes a running pull away',
    job: { edited: true },
    target: { entry: pending(), selected: false },
    state: { kind: 'leaving', release: 'any', holdsSlot: true },
  },
  {
    name: 'W46: an edit takes a result away',
    job: { edited: true },
    target: { entry: ended('succeeded'), selected: false },
    state: { kind: 'leaving', release: 'any', holdsSlot: false },
  },
  {
    name: 'W22: a failure before the credentials changed is tried again',
    job: { secretsUpdatedAtMs: NOW },
    target: { entry: ended('failed') },
    state: { kind: 'waiting', again: true },
  },
  {
    name: 'W22: a success is not',
    job: { secretsUpdatedAtMs: NOW },
    target: { entry: ended('succeeded') },
    state: { kind: 'succeeded' },
  },
  {
    name: 'W22: nor one that was made with the new credentials',
    job: { secretsUpdatedAtMs: NOW - 60_000 },
    target: { entry: ended('failed') },
    state: { kind: 'failed' },
  },
  {
    name: 'W22: one on a node that is down waits for the node',
    job: { secretsUpdatedAtMs: NOW - 30_000 },
    target: { entry: ended('failed'), availability: DOWN },
    state: { kind: 'unavailable', recheckAtMs: NOW - 30_000 + SILENCE_MS },
  },
  {
    name: 'W22: and fails for good after ten minutes, so that the job ends',
    job: { secretsUpdatedAtMs: NOW - SILENCE_MS },
    target: {
      entry: ended('failed', NOW - SILENCE_MS - 60_000),
      availability: { ...DOWN, sinceMs: NOW - SILENCE_MS },
    },
    state: {
      kind: 'failed',
      failure: {
        reason: 'NodeUnavailable',
        message: 'node node-1 is unavailable for 10 minutes: not Ready',
      },
    },
  },
  {
    name: 'W22: but not in a Never job',
    job: { secretsUpdatedAtMs: NOW - SILENCE_MS, never: true },
    target: {
      entry: ended('failed', NOW - SILENCE_MS - 60_000),
      availability: { ...DOWN, sinceMs: NOW - SILENCE_MS },
    },
    state: { kind: 'unavailable', why: 'not Ready' },
  },
  {
    name: 'W3: a node that is down takes no slot',
    target: { availability: DOWN },
    state: { kind: 'unavailable', recheckAtMs: NOW - 60_000 + SILENCE_MS },
  },
  {
    name: 'W3: ten minutes count from the start of the job at the earliest',
    job: { startedAtMs: NOW - 1_000 },
    target: { availability: { ...DOWN, sinceMs: 0 } },
    state: { kind: 'unavailable', recheckAtMs: NOW - 1_000 + SILENCE_MS },
  },
  {
    name: 'W3: then it fails',
    target: { availability: { ...DOWN, sinceMs: NOW - SILENCE_MS } },
    state: { kind: 'failed' },
  },
  {
    name: 'W3: but a Never job goes on waiting',
    job: { never: true },
    target: { availability: { ...DOWN, sinceMs: 0 } },
    state: { kind: 'unavailable' },
  },
  { name: 'W14: a missing node fails', gone: true, state: { kind: 'failed' } },
  {
    name: 'W14: one that has just been added is waited for',
    gone: true,
    target: { expectedSinceMs: NOW - 1_000 },
    state: { kind: 'unavailable', recheckAtMs: NOW - 1_000 + SILENCE_MS },
  },
  {
    name: 'but not for longer than ten minutes, so that the job ends',
    gone: true,
    target: { expectedSinceMs: NOW - SILENCE_MS },
    job: { startedAtMs: NOW - SILENCE_MS },
    state: { kind: 'failed' },
  },
  {
    name: 'a remembered failure stands',
    target: { remembered: { failure } },
    state: { kind: 'failed', failure },
  },
  {
    name: 'until its time is over',
    target: { remembered: { failure, untilMs: NOW } },
    state: { kind: 'waiting' },
  },
  {
    name: 'a Never job is done with a node for a day',
    job: { never: true },
    target: { entry: ended('succeeded') },
    state: { kind: 'succeeded' },
  },
  {
    name: 'and then pulls again',
    job: { never: true },
    target: { entry: { kind: 'succeeded', createdAtMs: 0, endedAtMs: NOW - 25 * 3_600_000 } },
    state: { kind: 'waiting', again: true },
  },
  {
    name: 'when the node can',
    job: { never: true },
    target: {
      availability: DOWN,
      entry: { kind: 'failed', failure, createdAtMs: 0, endedAtMs: NOW - 25 * 3_600_000 },
    },
    state: { kind: 'unavailable' },
  },
];

describe('targetState', () => {
  for (const { name, job = {}, target = {}, gone, state } of CASES) {
    it(name, () => {
      const found = targetState({
        job: {
          request: requestOf('job'),
          never: false,
          startedAtMs: T0_MS,
          edited: false,
          secretsUpdatedAtMs: 0,
          ...job,
        },
        target: {
          name: 'node-1',
          selected: true,
          ...(gone ? {} : { nodeImage: nodeImage() }),
          entry: { kind: 'none' },
          availability: { available: true },
          ...target,
        },
        nowMs: NOW,
      });
      if (state === undefined) assert.equal(found, undefined);
      else assert.deepEqual({ ...found, ...state }, found);
    });
  }
});
