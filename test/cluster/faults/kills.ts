import { sleep } from '../until.ts';
import type { ManagerProcess } from './manager-process.ts';
import type { PullJob } from './pull-job.ts';

/** Kills happen at up to this long after the moment that was drawn, so that they meet the work anywhere. */
const JITTER_MS = 200;
/** A manager needs about this long from its start to its first write. */
const START_MS = 1_000;
/** Share of the kills that meet a manager which is just starting. */
const EARLY = 0.25;

/** Kills the manager `times` times at random points of the job and starts it again each time; the last one stays. */
export async function killRepeatedly(
  manager: ManagerProcess,
  job: PullJob,
  { times, random }: { readonly times: number; readonly random: () => number },
): Promise<void> {
  for (const share of randomShares(times, random)) {
    if (random() < EARLY) {
      await sleep(START_MS * random());
    } else {
      await job.hasBegun(share);
      await sleep(JITTER_MS * random());
    }
    await manager.kill();
    manager.restart();
  }
  await manager.ready();
}

/** Points of a job, in order, not in its last tenth: the job must not end before the last kill. */
function randomShares(count: number, random: () => number): readonly number[] {
  return Array.from({ length: count }, () => 0.9 * random()).toSorted((a, b) => a - b);
}
