/** How long certificates live. */
export interface Lives {
  readonly authorityMs: number;
  /** At most half of the authority's life. */
  readonly servingMs: number;
}

/** Moments of a rotation; with lives of seconds, as in a soak test, they shrink along. */
export interface Pace {
  /** A certificate counts from this long before it was made: clocks of replicas and of API servers differ. */
  readonly backdateMs: number;
  /** The manager may get its Secret but not watch secrets, so what other replicas write is found by looking. */
  readonly lookAgainMs: number;
  /** Nothing is served under a new authority before the webhook configurations have held it for so long, and every API server knows. */
  readonly settleMs: number;
}

/** The pace that goes with `lives`. */
export function paceOf({ servingMs }: Lives): Pace {
  return {
    backdateMs: Math.min(60 * 60 * 1000, servingMs / 10),
    lookAgainMs: Math.min(10_000, servingMs / 60),
    settleMs: Math.min(30_000, servingMs / 20),
  };
}
