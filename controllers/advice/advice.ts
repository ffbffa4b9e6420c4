import type { Advice } from '../../api/advice.ts';
import type { PredownloadGate } from '../../api/workload-kinds.ts';
import type { Informers } from '../informers.ts';
import { jobAdvice } from './job-advice.ts';
import { workloadAdvice } from './workload-advice.ts';

/** Answers from the caches of the controllers; says nothing while they are not filled. */
export function createAdvice(
  informers: Informers,
  gates: Readonly<Record<PredownloadGate, boolean>>,
): Advice {
  return {
    imagePullJob: job => (informers.hasSynced ? jobAdvice(job, informers) : []),
    workload: change => (informers.hasSynced ? workloadAdvice(change, informers, gates) : []),
  };
}
