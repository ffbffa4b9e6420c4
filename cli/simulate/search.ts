import { HeadstartError } from '../../runtime/errors.ts';
import { boundsOf, leastParallelism } from './bounds.ts';
import type { Scenario } from './scenario.ts';
import type { Simulation } from './simulate.ts';
import { duration } from './units.ts';

/** Simulates the scenario with another parallelism. */
export type Probe = (parallelism: number) => Promise<Simulation>;

/** Beyond the least that could do, tries go up by this much at first. */
const FIRST_STEP_SHARE = 0.05;

/**
 * The simulation with the smallest parallelism that ends within the deadline. Throws `TERMINAL` when none does. Each probe is a simulation:
 * few are wanted, so it starts at the least that could do, goes up in growing steps, and halves what is between.
 */
export async function searchParallelism(
  scenario: Scenario,
  deadlineMs: number,
  probe: Probe,
): Promise<Simulation> {
  const { nodes, maxPullsPerRegistry } = scenario;
  const most = maxPullsPerRegistry === 0 ? nodes : Math.min(nodes, maxPullsPerRegistry);
  const [bound] = boundsOf({ ...scenario, parallelism: most });
  if (bound === undefined || bound.seconds * 1000 > deadlineMs) throw impossible(deadlineMs, bound);
  let tooFew = Math.min(most, leastParallelism(scenario, deadlineMs)) - 1;
  let found: Simulation | undefined;
  for (let step = 1, next = tooFew + 1; found === undefined; next = tooFew + step) {
    const tried = await probe(Math.min(next, most));
    if (tried.makespanMs <= deadlineMs) found = tried;
    else if (next >= most) throw impossible(deadlineMs, bound);
    else tooFew = next;
    step = Math.max(step * 2, Math.ceil(tooFew * FIRST_STEP_SHARE));
  }
  while (found.scenario.parallelism - tooFew > 1) {
    const middle = Math.floor((tooFew + found.scenario.parallelism) / 2);
    const tried = await probe(middle);
    if (tried.makespanMs <= deadlineMs) found = tried;
    else tooFew = middle;
  }
  return found;
}

function impossible(deadlineMs: number, bound: ReturnType<typeof boundsOf>[number] | undefined) {
  const atBest =
    bound === undefined ? '' : `: at best it takes ${duration(bound.seconds)} (${bound.limit})`;
  const message = `no parallelism ends the job within ${duration(deadlineMs / 1000)}${atBest}`;
  return new HeadstartError('TERMINAL', message);
}
