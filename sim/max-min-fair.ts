/** Something transfers share: a node's network card, a registry's uplink. Identity counts, not the name. */
export interface Link {
  readonly name: string;
  readonly bytesPerSecond: number;
}

interface LinkState {
  leftBytesPerSecond: number;
  /** Positions of flows over this link that have no rate yet. */
  readonly open: Set<number>;
  /** How many flows these stand for. */
  openCount: number;
}

/** Shares this close are equal: rates are sums and quotients of floats. */
const RELATIVE_ERROR = 1e-9;

/**
 * Max-min fair rates in bytes per second of flows that each cross some links: no link carries more than it can, and no flow can
 * gain without taking from one that has less or as much. That is what many TCP connections over shared links come close to.
 * A flow over no link is infinitely fast. Flow number i stands for `counts[i]` flows over the same links, 1 by default; its rate is that of
 * each of them.
 */
export function maxMinFairRates(
  flows: readonly (readonly Link[])[],
  counts: readonly number[] = flows.map(() => 1),
): number[] {
  const rates = flows.map(() => Number.POSITIVE_INFINITY);
  const links = linkStates(flows, counts);
  // Progressive filling: the link with the least to give each of its flows decides their rate, then the others share the rest.
  for (;;) {
    const busy = [...links.values()].filter(link => link.open.size > 0);
    if (busy.length === 0) return rates;
    const share = Math.min(...busy.map(shareOf));
    for (const link of busy) {
      if (link.open.size === 0 || shareOf(link) > share * (1 + RELATIVE_ERROR)) continue;
      for (const flow of link.open) {
        rates[flow] = share;
        settleFlow(flow, { rate: share, count: counts[flow] ?? 1 }, flows[flow] ?? [], links);
      }
    }
  }
}

const shareOf = (link: LinkState): number => Math.max(0, link.leftBytesPerSecond) / link.openCount;

function linkStates(
  flows: readonly (readonly Link[])[],
  counts: readonly number[],
): Map<Link, LinkState> {
  const links = new Map<Link, LinkState>();
  for (const [flow, crossed] of flows.entries()) {
    for (const link of crossed) {
      const state = links.get(link) ?? {
        leftBytesPerSecond: link.bytesPerSecond,
        open: new Set<number>(),
        openCount: 0,
      };
      state.open.add(flow);
      state.openCount += counts[flow] ?? 1;
      links.set(link, state);
    }
  }
  return links;
}

function settleFlow(
  flow: number,
  { rate, count }: { readonly rate: number; readonly count: number },
  crossed: readonly Link[],
  links: ReadonlyMap<Link, LinkState>,
): void {
  for (const link of crossed) {
    const state = links.get(link);
    if (state?.open.delete(flow) !== true) continue;
    state.leftBytesPerSecond -= rate * count;
    state.openCount -= count;
  }
}
