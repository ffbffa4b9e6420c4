import type { Link } from './max-min-fair.ts';
import { type Transfer, TransferClass } from './transfer-class.ts';

interface LinkUse {
  readonly id: number;
  readonly transfers: Set<Transfer>;
}

/** All transfers under way, in classes of those that have the same rate. Most links are a node's, which has one transfer: few classes are left. */
export class TransferClasses {
  readonly #links = new Map<Link, LinkUse>();
  readonly #classes = new Map<string, TransferClass>();
  #linksSeen = 0;
  #size = 0;

  /** Transfers. */
  get size(): number {
    return this.#size;
  }

  /** Those that have transfers. */
  get all(): Iterable<TransferClass> {
    return this.#classes.values();
  }

  /** Adds a transfer with `mark` bytes left. */
  add(transfer: Transfer): void {
    this.#size++;
    for (const link of transfer.links) {
      const use = this.#links.get(link) ?? { id: ++this.#linksSeen, transfers: new Set() };
      this.#links.set(link, use);
      const [only] = use.transfers;
      use.transfers.add(transfer);
      // Whoever had the link for itself shares it from now on.
      if (only !== undefined && use.transfers.size === 2) this.#classify(only);
    }
    this.#classify(transfer);
  }

  /** Takes a transfer away; `mark` is what was left of it. */
  remove(transfer: Transfer): void {
    if (transfer.class === undefined) return;
    this.#size--;
    this.#leave(transfer);
    for (const link of transfer.links) {
      const use = this.#links.get(link);
      use?.transfers.delete(transfer);
      if (use?.transfers.size === 0) this.#links.delete(link);
      const [only] = use?.transfers ?? [];
      if (only !== undefined && use?.transfers.size === 1) this.#classify(only);
    }
  }

  /** Puts a transfer where it belongs now. */
  #classify(transfer: Transfer): void {
    this.#leave(transfer);
    const shared: Link[] = [];
    const ids: number[] = [];
    let own = Number.POSITIVE_INFINITY;
    for (const link of new Set(transfer.links)) {
      const use = this.#links.get(link);
      if (use === undefined || use.transfers.size < 2) {
        own = Math.min(own, link.bytesPerSecond);
      } else {
        shared.push(link);
        ids.push(use.id);
      }
    }
    const key = `${ids.sort((a, b) => a - b).join(',')} ${own}`;
    const known = this.#classes.get(key) ?? new TransferClass(shared, own);
    this.#classes.set(key, known);
    known.add(transfer, transfer.mark);
  }

  /** Leaves its class; `mark` is what is left then. */
  #leave(transfer: Transfer): void {
    const from = transfer.class;
    if (from === undefined) return;
    from.remove(transfer);
    if (from.count > 0) return;
    for (const [key, each] of this.#classes) if (each === from) this.#classes.delete(key);
  }
}
