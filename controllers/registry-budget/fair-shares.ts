/** One of several that share something. */
export interface Claimant {
  /** How much it has already. */
  readonly held: number;
  /** How much more it could use. */
  readonly want: number;
  /** The older one gets what can't be divided. */
  readonly sinceMs: number;
  /** Tells claimants of one age apart: whoever asks, the split is the same. */
  readonly key: string;
}

/**
 * Splits `free` so that nobody could get more without taking from somebody who has no more than that (max-min fair). What a claimant holds
 * counts as its share. Nothing stays free while somebody wants it.
 */
export function fairShares<C extends Claimant>(
  free: number,
  claimants: readonly C[],
): ReadonlyMap<C, number> {
  const level = highestLevel(free, claimants);
  const shares = new Map(claimants.map(each => [each, upTo(level, each)]));
  let left = free - totalUpTo(level, claimants);
  for (const each of claimants.toSorted(byAge)) {
    const share = upTo(level, each);
    if (left < 1 || upTo(level + 1, each) === share) continue;
    shares.set(each, share + 1);
    left--;
  }
  return shares;
}

function byAge(a: Claimant, b: Claimant): number {
  return a.sinceMs - b.sinceMs || (a.key < b.key ? -1 : 1);
}

/** What a claimant gets when everybody is filled up to `level`. */
function upTo(level: number, { held, want }: Claimant): number {
  return Math.min(Math.max(0, level - held), want);
}

function totalUpTo(level: number, claimants: readonly Claimant[]): number {
  return claimants.reduce((total, each) => total + upTo(level, each), 0);
}

/** The highest level that `free` is enough for. */
function highestLevel(free: number, claimants: readonly Claimant[]): number {
  let enough = 0;
  let top = Math.max(0, ...claimants.map(({ held, want }) => held + want));
  while (enough < top) {
    const level = Math.ceil((enough + top) / 2);
    if (totalUpTo(level, claimants) <= free) enough = level;
    else top = level - 1;
  }
  return enough;
}
