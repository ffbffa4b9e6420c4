import { onAbort } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Link, maxMinFairRates } from './max-min-fair.ts';
import type { Transfer, TransferClass } from './transfer-class.ts';
import { TransferClasses } from './transfer-classes.ts';

/** Tells how much of a transfer is left, while it runs and after its end. */
export interface TransferMeter {
  leftBytes: () => number;
}

/** A rest this small is a rounding error of time. */
const NOTHING_LEFT_BYTES = 0.5;

/**
 * Says how long transfers take that share links fairly. Nothing is sent: the model wakes only when a transfer starts, ends or is
 * given up, and works out everybody's rate anew.
 */
export class NetworkModel {
  readonly #clock: Clock;
  readonly #classes = new TransferClasses();
  #advancedAt = 0;
  #sentBytes = 0;
  #started = 0;
  #cancelTimer = (): void => {};
  #rebalancing = false;

  constructor(deps: { readonly clock: Clock }) {
    this.#clock = deps.clock;
  }

  /** Transfers under way. */
  get active(): number {
    return this.#classes.size;
  }

  /** Bytes that all transfers have carried so far. */
  get sentBytes(): number {
    this.#advance();
    return this.#sentBytes;
  }

  /** Resolves when `bytes` have crossed all of `links`, at once when there are none; rejects with the signal's reason when it aborts first. */
  async transfer(
    bytes: number,
    links: readonly Link[],
    signal?: AbortSignal,
    meter: TransferMeter = { leftBytes: () => 0 },
  ): Promise<void> {
    signal?.throwIfAborted();
    if (bytes <= 0 || links.length === 0) {
      meter.leftBytes = () => 0;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void): void => {
        unlink();
        this.#advance();
        this.#classes.remove(transfer);
        // Time is counted in whole milliseconds: what would have gone over the link since its true end went nowhere.
        this.#sentBytes += Math.min(0, transfer.mark);
        this.#rebalanceSoon();
        settle();
      };
      const transfer: Transfer = {
        links,
        order: this.#started++,
        class: undefined,
        mark: bytes,
        finish: () => end(resolve),
      };
      meter.leftBytes = () => {
        this.#advance();
        const left = transfer.class?.leftBytes(transfer) ?? transfer.mark;
        return left <= NOTHING_LEFT_BYTES ? 0 : left;
      };
      const unlink = onAbort(signal, () => end(() => reject(signal?.reason as Error)));
      this.#advance();
      this.#classes.add(transfer);
      this.#rebalanceSoon();
    });
  }

  /** Books what went over the links since the last time. */
  #advance(): void {
    const now = this.#clock.monotonicMs();
    const seconds = (now - this.#advancedAt) / 1000;
    this.#advancedAt = now;
    if (seconds <= 0) return;
    for (const each of this.#classes.all) this.#sentBytes += each.advance(seconds);
  }

  /** Transfers that start or end together are worked out once. */
  #rebalanceSoon(): void {
    if (this.#rebalancing) return;
    this.#rebalancing = true;
    queueMicrotask(() => {
      this.#rebalancing = false;
      this.#rebalance();
    });
  }

  #rebalance(): void {
    this.#cancelTimer();
    this.#advance();
    const classes = [...this.#classes.all];
    const counts = classes.map(({ count }) => count);
    const rates = maxMinFairRates(classes.map(flowOf), counts);
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [i, each] of classes.entries()) {
      each.bytesPerSecond = rates[i] ?? 0;
      nextMs = Math.min(nextMs, (leftOfNext(each) / each.bytesPerSecond) * 1000);
    }
    if (nextMs === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = this.#clock.after(Math.max(0, Math.ceil(nextMs)), () => this.#complete());
  }

  #complete(): void {
    this.#advance();
    for (const each of this.#classes.all) {
      while (leftOfNext(each) <= NOTHING_LEFT_BYTES) each.next?.finish();
    }
    this.#rebalanceSoon();
  }
}

/** A class as one flow: what its transfers have for themselves is one link as wide as all of them. */
function flowOf({ shared, ownBytesPerSecond, count }: TransferClass): readonly Link[] {
  if (ownBytesPerSecond === Number.POSITIVE_INFINITY) return shared;
  return [...shared, { name: 'own', bytesPerSecond: ownBytesPerSecond * count }];
}

function leftOfNext(of: TransferClass): number {
  const { next } = of;
  return next === undefined ? Number.POSITIVE_INFINITY : of.leftBytes(next);
}
