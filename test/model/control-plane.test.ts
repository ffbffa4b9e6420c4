import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Course, playCourse, type Stage } from './course.ts';
import { shorten } from './shorten.ts';
import { describeStep, type Step, stepsArbitrary } from './steps.ts';

// Mirrors no folder: all controllers at once, against a model of everything around them (an API, nodes, daemons, people, leaders).

/** The same courses for everybody; MODEL_SEED and MODEL_SECONDS look for others. */
const seed = Number(process.env['MODEL_SEED'] ?? 20_261_121);
const seconds = Number(process.env['MODEL_SECONDS'] ?? 8);
/** A shorter course than the one that failed is looked for no longer than this. */
const SHORTEN_MS = Math.max(30_000, seconds * 1_000);

const courses: fc.Arbitrary<Course> = fc.record({
  steps: stepsArbitrary,
  jitter: fc.nat(),
  maxPullsPerRegistry: fc.constantFrom(0, 0, 1, 2, 3),
});

describe('control plane: random courses of events', () => {
  it(`keeps its rules for ${seconds} s`, async () => {
    console.log(`    MODEL_SEED=${seed} MODEL_SECONDS=${seconds}`);
    const counts = { courses: 0, steps: 0, writes: 0 };
    const startMs = performance.now();
    const startCpu = process.cpuUsage();
    for (let next = seed; performance.now() - startMs < seconds * 1_000; next++) {
      const [course] = fc.sample(courses, { seed: next, numRuns: 1 });
      assert.ok(course);
      const { writes, failed } = await playCourse(course);
      if (failed !== undefined) assert.fail(await describeFailure(course, next, failed.stage));
      counts.courses++;
      counts.steps += course.steps.length;
      counts.writes += writes;
    }
    const { user, system } = process.cpuUsage(startCpu);
    const rate = Math.round((counts.steps * 1e6) / (user + system));
    console.log(
      `    ${counts.courses} courses, ${counts.steps} steps (${rate} a second of CPU), ${counts.writes} writes of managers`,
    );
  }).timeout(seconds * 1_000 + SHORTEN_MS + 60_000);
});

async function describeFailure(course: Course, failedSeed: number, stage: Stage): Promise<string> {
  const endMs = performance.now() + SHORTEN_MS;
  const outcomeOf = (steps: readonly Step[]) => playCourse({ ...course, steps }, stage);
  const steps = await shorten(
    course.steps,
    async candidate => (await outcomeOf(candidate)).failed !== undefined,
    () => performance.now() > endMs,
  );
  const { failed } = await outcomeOf(steps);
  return [
    ...(failed?.problems ?? []),
    `MODEL_SEED=${failedSeed}, maxPullsPerRegistry ${course.maxPullsPerRegistry}, at the ${failed?.stage} of`,
    ...steps.map(step => `  ${describeStep(step)}`),
  ].join('\n');
}
