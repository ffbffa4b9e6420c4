/** What keeps a job from starting more pulls. */
export interface RegistryHold {
  /** Host, with its port. */
  readonly registry: string;
  /** Pulls at once that the registry may have now. */
  readonly ceiling: number;
  /** Pulls that run, of all jobs. */
  readonly inFlight: number;
  /** The registry asked for less; the ceiling rises again by itself. */
  readonly lowered: boolean;
}

/** For a person who wonders why a job does not go on. */
export function describeHold({ registry, ceiling, inFlight, lowered }: RegistryHold): string {
  if (ceiling === 0) return `pulls from ${registry} are paused: its ceiling is 0`;
  const most = `${inFlight} run now, at most ${ceiling} at once`;
  const why = lowered ? ', lowered because it answered "too many requests"' : '';
  return `waits for other pulls from ${registry}: ${most}${why}`;
}
