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

/** Seconds since `startMs` of performance.now(). */
export function secondsSince(startMs: number): number {
  return rounded((performance.now() - startMs) / 1000);
}
