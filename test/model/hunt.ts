import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Course, playCourse, type Stage } from './course.ts';
import { shorten } from './shorten.ts';
import { describeStep, type Step, stepsArbitrary } from './steps.ts';

const courses: fc.Arbitrary<Course> = fc.record({
  steps: stepsArbitrary,
  jitter: fc.nat(),
  maxPullsPerRegistry: fc.constantFrom(0, 0, 1, 2, 3),
  endsWithADay: fc.constantFrom(false, false, false, false, false, true),
});

/** Which courses are played, and for how long. */
export interface HuntOptions {
  /** Of the first course; the next one has the next. */
  readonly seed: number;
  readonly seconds: number;
}

/** Defines a test that plays course after course, and fails with a short version of the first that breaks a rule. */
export function testCourses({ seed, seconds }: HuntOptions): void {
  // A shorter course than the one that failed is looked for no longer than this.
  const shortenMs = Math.min(600_000, Math.max(30_000, seconds * 1_000));
  it(`keeps its rules for ${seconds} s`, async () => {
    console.log(`    MODEL_SEED=${seed} MODEL_SECONDS=${seconds}`);
    const counts = { courses: 0, steps: 0, writes: 0 };
    const startMs = performance.now();
    const startCpu = process.cpuUsage();
    for (let next = seed; performance.now() - startMs < seconds * 1_000; next++) {
      const [course] = fc.sample(courses, { seed: next, numRuns: 1 });
      assert.ok(course);
      const { writes, failed } = await playCourse(course).catch((cause: unknown) => {
        throw new Error(`the course of MODEL_SEED=${next} broke off`, { cause });
      });
      if (failed !== undefined) {
        assert.fail(`MODEL_SEED=${next} ${await describeFailure(course, failed.stage, shortenMs)}`);
      }
      counts.courses++;
      counts.steps += course.steps.length;
      counts.writes += writes;
    }
    const { user, system } = process.cpuUsage(startCpu);
    const rate = Math.round((counts.steps * 1e6) / (user + system));
    console.log(
      `    ${counts.courses} courses, ${counts.steps} steps (${rate} a second of CPU), ${counts.writes} writes of managers`,
    );
  }).timeout(seconds * 1_000 + shortenMs + 60_000);
}

async function describeFailure(course: Course, stage: Stage, shortenMs: number): Promise<string> {
  const endMs = performance.now() + shortenMs;
  const outcomeOf = (steps: readonly Step[]) => playCourse({ ...course, steps }, stage);
  const steps = await shorten(
    course.steps,
    async candidate => (await outcomeOf(candidate)).failed !== undefined,
    () => performance.now() > endMs,
  );
  const { failed } = await outcomeOf(steps);
  return [
    `(maxPullsPerRegistry ${course.maxPullsPerRegistry}) breaks rules at the ${failed?.stage}:`,
    ...(failed?.problems ?? []),
    'A shorter course that does:',
    ...steps.map(step => `  ${describeStep(step)}`),
  ].join('\n');
}
