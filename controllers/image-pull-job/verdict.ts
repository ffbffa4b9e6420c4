import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { lastsAsLongAsItsRollout } from '../job-life.ts';
import type { RegistryHold } from '../registry-budget/registry-hold.ts';
import type { TargetCounts } from './progress.ts';

/** Whether a job goes on, and how it ended. `reason` is that of its conditions. */
export type Verdict =
  | {
      readonly kind: 'running';
      readonly reason:
        | 'Pulling'
        | 'Paused'
        | 'WaitingForNodes'
        | 'WaitingForNextPull'
        | 'NoMatchingNodes';
    }
  | { readonly kind: 'running'; readonly reason: 'RegistryBudget'; readonly hold: RegistryHold }
  | { readonly kind: 'complete'; readonly reason: 'Succeeded' | 'RolloutOvertook' }
  | {
      readonly kind: 'failed';
      readonly reason: 'TargetsFailed' | 'NoMatchingNodes' | 'DeadlineExceeded' | 'InvalidSpec';
    };

/** What a verdict is made from. */
export interface VerdictFacts {
  readonly job: ImagePullJob;
  readonly counts: TargetCounts;
  readonly mostTargets: number;
  /** Targets that do not exist. */
  readonly missing: () => number;
  /** The deadline of the job has passed. */
  readonly overdue: boolean;
  /** No slot is given out. */
  readonly paused: boolean;
  /** The registry that has no room for more of its pulls. */
  readonly hold?: RegistryHold | undefined;
}

type Rule = (facts: VerdictFacts) => Verdict | undefined;

/** The first rule that applies decides. */
const RULES: readonly Rule[] = [
  neverEnds,
  deadlinePassed,
  stillGoing,
  rolloutOvertook,
  nothingMatched,
  someFailed,
];

/** Whether the job ended, and why. */
export function verdictOn(facts: VerdictFacts): Verdict {
  for (const rule of RULES) {
    const verdict = rule(facts);
    if (verdict !== undefined) return verdict;
  }
  return { kind: 'complete', reason: 'Succeeded' };
}

function unfinished({ counts }: VerdictFacts): number {
  return counts.active + counts.waiting + counts.unavailable;
}

function going(facts: VerdictFacts): Verdict {
  const { counts, hold, paused } = facts;
  if (counts.slots === 0 && counts.waiting > 0 && paused) {
    return { kind: 'running', reason: 'Paused' };
  }
  if (hold !== undefined) return { kind: 'running', reason: 'RegistryBudget', hold };
  if (counts.slots === 0 && counts.waiting === 0 && counts.unavailable > 0) {
    return { kind: 'running', reason: 'WaitingForNodes' };
  }
  return { kind: 'running', reason: 'Pulling' };
}

function neverEnds(facts: VerdictFacts): Verdict | undefined {
  if (facts.job.spec.completionPolicy?.type !== 'Never') return undefined;
  if (facts.counts.desired === 0) return { kind: 'running', reason: 'NoMatchingNodes' };
  if (unfinished(facts) === 0) return { kind: 'running', reason: 'WaitingForNextPull' };
  return going(facts);
}

function deadlinePassed(facts: VerdictFacts): Verdict | undefined {
  if (!facts.overdue || unfinished(facts) === 0) return undefined;
  return { kind: 'failed', reason: 'DeadlineExceeded' };
}

function stillGoing(facts: VerdictFacts): Verdict | undefined {
  return unfinished(facts) > 0 || facts.counts.leaving > 0 ? going(facts) : undefined;
}

/** Pods that were updated before their node's turn need no warm node any longer. */
function rolloutOvertook({ job, counts, mostTargets }: VerdictFacts): Verdict | undefined {
  if (!lastsAsLongAsItsRollout(job) || counts.failed > 0) return undefined;
  const overtook = counts.desired === 0 || counts.succeeded < mostTargets;
  return overtook ? { kind: 'complete', reason: 'RolloutOvertook' } : undefined;
}

function nothingMatched({ counts, missing }: VerdictFacts): Verdict | undefined {
  return counts.desired === missing() ? { kind: 'failed', reason: 'NoMatchingNodes' } : undefined;
}

function someFailed({ counts }: VerdictFacts): Verdict | undefined {
  return counts.failed > 0 ? { kind: 'failed', reason: 'TargetsFailed' } : undefined;
}
