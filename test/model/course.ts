import { play } from './play.ts';
import { endlessProblems, exactProblems } from './quiescence.ts';
import { NODES, type Step } from './steps.ts';
import { ModelWorld } from './world.ts';

const FIRST_NODES = 4;

/** Everything that decides a course of events. */
export interface Course {
  readonly steps: readonly Step[];
  /** Seed of the managers' jitter and of the travel of writes. */
  readonly jitter: number;
  /** 0: no ceiling. */
  readonly maxPullsPerRegistry: number;
  /** At its end a whole day passes, which takes as long as all the rest. */
  readonly endsWithADay: boolean;
}

/** Where a course failed. What comes after that need not be played again. */
export type Stage = 'steps' | 'pause' | 'end';

/** How a course went. */
export interface Outcome {
  /** Writes of the managers. */
  readonly writes: number;
  readonly failed?: { readonly stage: Stage; readonly problems: readonly string[] };
}

/** Plays a course: its steps, a pause in which everything has to be exact, and the time until all jobs have ended; not further than `until`. */
export async function playCourse(course: Course, until: Stage = 'end'): Promise<Outcome> {
  await using world = new ModelWorld({ ...course, random: randomFrom(course.jitter) });
  const failed = await problemsOf(world, course, until);
  return { writes: world.audit.writes, ...(failed === undefined ? {} : { failed }) };
}

async function problemsOf(
  world: ModelWorld,
  { steps, endsWithADay }: Course,
  until: Stage,
): Promise<Outcome['failed']> {
  const judge = (stage: Stage, more: readonly string[] = []): Outcome['failed'] => {
    const problems = [...world.audit.problems, ...more];
    return problems.length === 0 ? undefined : { stage, problems };
  };
  for (const node of NODES.slice(0, FIRST_NODES)) await play(world, { do: 'join', node });
  world.elect();
  await world.pass(1_000);
  for (const step of steps) {
    await play(world, step);
    const failed = judge('steps');
    if (failed !== undefined) return failed;
  }
  if (until === 'steps') return undefined;
  const paused = judge('pause', await exactProblems(world));
  if (paused !== undefined || until === 'pause') return paused;
  return judge('end', await endlessProblems(world, { endsWithADay }));
}

/** Numbers in [0, 1) that follow from `start` (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
