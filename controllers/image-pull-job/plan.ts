import type { IntOrString } from '../../api/meta.ts';
import { parallelLimit } from '../../api/parallelism.ts';

/** What bounds the next assignments of a job. */
export interface PlanFacts {
  readonly parallelism: IntOrString | undefined;
  /** The most targets the job ever had; a percentage is of these, so that a shrinking rollout does not slow down. */
  readonly mostTargets: number;
  /** Slots that are taken, also by nodes that left the selection. */
  readonly slots: number;
  /** Targets that wait, in the order in which they are to be served. */
  readonly waiting: Iterable<string>;
  /** No more than this many at once, so that a job can be looked at again in between. */
  readonly atMost: number;
}

/** Free slots; never below zero. Lowering the parallelism takes no slot away. */
export function freeSlots(facts: Omit<PlanFacts, 'waiting'>): number {
  const limit = parallelLimit(facts.parallelism, facts.mostTargets);
  return Math.max(0, Math.min(limit - facts.slots, facts.atMost));
}

/** The nodes to assign now, in order. Together with the taken slots they are never more than the parallelism. */
export function planAssignments(facts: PlanFacts): readonly string[] {
  const free = freeSlots(facts);
  const names: string[] = [];
  for (const name of facts.waiting) {
    if (names.length >= free) break;
    names.push(name);
  }
  return names;
}
