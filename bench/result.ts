/** What one run of the fan-out showed. */
export interface FanoutResult {
  readonly nodes: number;
  readonly parallelism: number;
  readonly pullMs: number;
  /** From the job's creation until its completionTime was seen. */
  readonly makespanSeconds: number;
  /** What the pulls alone take. */
  readonly idealSeconds: number;
  readonly ratio: number;
  /** Of everybody, from the job's creation to its end. */
  readonly writesPerNode: number;
  /** The same writes, by `VERB resource`. */
  readonly writes: Readonly<Record<string, number>>;
  readonly managerCpuSeconds: number;
  readonly managerPeakRssMb: number;
  readonly apiserverCpuSeconds: number;
  /** From the job's creation until its first tag was seen on a node. */
  readonly firstTagMs: number;
  /** From the job's deletion until its last tag was gone. */
  readonly cleanupSeconds: number;
}

/** How long the pulls take when slots are refilled at once: rounds of `parallelism` nodes. */
export function idealSeconds(options: {
  readonly nodes: number;
  readonly parallelism: number;
  readonly pullMs: number;
}): number {
  return (Math.ceil(options.nodes / options.parallelism) * options.pullMs) / 1000;
}

/** Rounds for people: a thousandth is more than these measurements tell. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
