import { BinaryHeap } from '../runtime/binary-heap.ts';
import type { Link } from './max-min-fair.ts';

/** Bytes on their way over links. */
export interface Transfer {
  readonly links: readonly Link[];
  /** Of its start: of those that end together the first one ends first. */
  readonly order: number;
  readonly finish: () => void;
  /** Those of its kind it runs with; undefined once it has ended. */
  class: TransferClass | undefined;
  /** What its class has served when it is through; what is left once it has ended. */
  mark: number;
}

/**
 * Transfers that share the same links with others and are equally fast on those that they have for themselves: all have the same rate, so
 * one sum tells how far each of them is.
 */
export class TransferClass {
  /** Links that other transfers cross, too. */
  readonly shared: readonly Link[];
  /** Of the links that each has for itself. */
  readonly ownBytesPerSecond: number;
  /** Of each. */
  bytesPerSecond = 0;
  count = 0;
  /** Bytes that each got since the class began. */
  #served = 0;
  readonly #byMark = new BinaryHeap<{ readonly transfer: Transfer; readonly mark: number }>(
    (a, b) => a.mark < b.mark || (a.mark === b.mark && a.transfer.order < b.transfer.order),
  );

  constructor(shared: readonly Link[], ownBytesPerSecond: number) {
    this.shared = shared;
    this.ownBytesPerSecond = ownBytesPerSecond;
  }

  add(transfer: Transfer, leftBytes: number): void {
    transfer.class = this;
    transfer.mark = this.#served + leftBytes;
    this.#byMark.add({ transfer, mark: transfer.mark });
    this.count++;
  }

  remove(transfer: Transfer): void {
    transfer.mark -= this.#served;
    transfer.class = undefined;
    this.count--;
  }

  leftBytes({ mark }: Transfer): number {
    return mark - this.#served;
  }

  /** Books that time went by; returns the bytes of all. */
  advance(seconds: number): number {
    const bytes = this.bytesPerSecond * seconds;
    this.#served += bytes;
    return bytes * this.count;
  }

  /** The one that will be through first. */
  get next(): Transfer | undefined {
    for (;;) {
      const { first } = this.#byMark;
      // Those that left stay in the heap until they come up.
      if (first === undefined || isIn(this, first)) return first?.transfer;
      this.#byMark.take();
    }
  }
}

function isIn(
  of: TransferClass,
  { transfer, mark }: { readonly transfer: Transfer; readonly mark: number },
): boolean {
  return transfer.class === of && transfer.mark === mark;
}
