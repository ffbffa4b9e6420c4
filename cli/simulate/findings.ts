import { type Bound, boundsOf } from './bounds.ts';
import type { Simulation } from './simulate.ts';

/** How it was at one time, in seconds after the creation of the job. */
export interface SeriesPoint {
  readonly seconds: number;
  readonly nodesWarm: number;
  readonly pulling: number;
  /** On average since the point before. */
  readonly registryBitsPerSecond: number;
}

/** What a simulation shows, for people and programs. */
export interface Findings {
  readonly seed: number;
  readonly nodes: number;
  readonly parallelism: number;
  /** From the creation of the job to its end. */
  readonly makespanSeconds: number;
  /** When so many percent of the nodes had the image; absent when they never did. */
  readonly warmSeconds: Readonly<Record<(typeof PERCENTS)[number], number | undefined>>;
  readonly succeeded: number;
  readonly failed: number;
  readonly attempts: number;
  readonly failedAttempts: number;
  readonly pullsAtOnce: number;
  readonly registry: {
    readonly bytes: number;
    readonly peakBitsPerSecond: number;
    readonly meanBitsPerSecond: number;
  };
  readonly apiWrites: { readonly manager: number; readonly daemons: number };
  /** What no job of this kind could be faster than. */
  readonly bound: Bound;
  readonly series: readonly SeriesPoint[];
}

const PERCENTS = [50, 90, 99, 100] as const;

/** Sums up a simulation. */
export function findingsOf({ scenario, makespanMs, status, recorder }: Simulation): Findings {
  const series = seriesOf(recorder.samples);
  const bytes = recorder.samples.at(-1)?.bytes ?? 0;
  const seconds = makespanMs / 1000;
  const [bound = { limit: 'parallelism', seconds: 0 }] = boundsOf(scenario);
  return {
    seed: scenario.seed,
    nodes: scenario.nodes,
    parallelism: scenario.parallelism,
    makespanSeconds: seconds,
    warmSeconds: warmSeconds(recorder.warmAtMs, scenario.nodes),
    succeeded: status.succeeded,
    failed: status.failed,
    attempts: recorder.attempts,
    failedAttempts: recorder.failedAttempts,
    pullsAtOnce: recorder.mostPulling,
    registry: {
      bytes: Math.round(bytes),
      peakBitsPerSecond: Math.max(0, ...series.map(point => point.registryBitsPerSecond)),
      meanBitsPerSecond: (bytes * 8) / seconds,
    },
    apiWrites: recorder.writes,
    bound,
    series,
  };
}

function warmSeconds(warmAtMs: readonly number[], nodes: number): Findings['warmSeconds'] {
  const at = (percent: number): number | undefined => {
    const ms = warmAtMs[Math.ceil((nodes * percent) / 100) - 1];
    return ms === undefined ? undefined : ms / 1000;
  };
  return { 50: at(50), 90: at(90), 99: at(99), 100: at(100) };
}

function seriesOf(samples: Simulation['recorder']['samples']): readonly SeriesPoint[] {
  return samples.map(({ ms, nodesWarm, pulling, bytes }, i) => {
    const before = samples[i - 1] ?? { ms: 0, bytes: 0 };
    const registryBitsPerSecond =
      ms > before.ms ? ((bytes - before.bytes) * 8 * 1000) / (ms - before.ms) : 0;
    return { seconds: ms / 1000, nodesWarm, pulling, registryBitsPerSecond };
  });
}
