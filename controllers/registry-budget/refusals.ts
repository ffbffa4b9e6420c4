import { registryOf } from '../../api/image-reference.ts';
import type { ImageTagStatus, NodeImage } from '../../api/node-image.ts';
import { pullFailureReason } from '../../api/pull-failure.ts';

/** Answers "too many requests" of one registry that were not known before. */
export interface Refusal {
  /** The last one, milliseconds since the epoch. */
  readonly atMs: number;
  readonly count: number;
}

/** Finds the pulls that a registry refused in what daemons report, each once. */
export class Refusals {
  /** By NodeImage. */
  readonly #known = new Map<string, ReadonlySet<string>>();

  /** New refusals that a NodeImage (undefined: it is gone) shows, by registry host. */
  take(
    node: string,
    nodeImage: NodeImage | undefined,
    nowMs: number,
  ): ReadonlyMap<string, Refusal> {
    const known = this.#known.get(node);
    const shown = new Set<string>();
    const fresh = new Map<string, Refusal>();
    for (const [name, { tags }] of Object.entries(nodeImage?.status?.imageStatuses ?? {})) {
      for (const status of tags) {
        if (!isRefused(status)) continue;
        const id = `${name} ${status.tag} ${status.version} ${status.phase}`;
        shown.add(id);
        if (known?.has(id) === true) continue;
        const host = registryOf(name);
        fresh.set(host, joined(fresh.get(host), atMsOf(status, nowMs)));
      }
    }
    if (shown.size > 0) this.#known.set(node, shown);
    else this.#known.delete(node);
    return fresh;
  }
}

/** One and another. */
export function joined(refusal: Refusal | undefined, atMs: number, count = 1): Refusal {
  if (refusal === undefined) return { atMs, count };
  return { atMs: Math.max(refusal.atMs, atMs), count: refusal.count + count };
}

/** A pull that is tried again says why its last attempt failed. The peer's daemon gives no reasons; its messages tell. */
function isRefused(status: ImageTagStatus): boolean {
  const reason = status.phase === 'Failed' ? pullFailureReason(status) : status.reason;
  return reason === 'RateLimited';
}

/** The clock of a node may be ahead. */
function atMsOf({ completionTime }: ImageTagStatus, nowMs: number): number {
  const ended = Date.parse(completionTime ?? '');
  return Number.isNaN(ended) ? nowMs : Math.min(ended, nowMs);
}
