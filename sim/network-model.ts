import { onAbort } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Link, maxMinFairRates } from './max-min-fair.ts';

interface Transfer {
  readonly links: readonly Link[];
  leftBytes: number;
  bytesPerSecond: number;
  readonly finish: () => void;
}

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
  readonly #transfers = new Set<Transfer>();
  #advancedAt = 0;
  #cancelTimer = (): void => {};
  #rebalancing = false;

  constructor(deps: { readonly clock: Clock }) {
    this.#clock = deps.clock;
  }

  /** Transfers under way. */
  get active(): number {
    return this.#transfers.size;
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
        this.#transfers.delete(transfer);
        this.#rebalanceSoon();
        settle();
      };
      const transfer: Transfer = {
        links,
        leftBytes: bytes,
        bytesPerSecond: 0,
        finish: () => end(resolve),
      };
      meter.leftBytes = () => {
        this.#advance();
        return transfer.leftBytes <= NOTHING_LEFT_BYTES ? 0 : transfer.leftBytes;
      };
      const unlink = onAbort(signal, () => end(() => reject(signal?.reason as Error)));
      this.#advance();
      this.#transfers.add(transfer);
      this.#rebalanceSoon();
    });
  }

  /** Books what went over the links since the last time. */
  #advance(): void {
    const now = this.#clock.monotonicMs();
    const seconds = (now - this.#advancedAt) / 1000;
    this.#advancedAt = now;
    if (seconds <= 0) return;
    for (const transfer of this.#transfers) transfer.leftBytes -= transfer.bytesPerSecond * seconds;
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
    const transfers = [...this.#transfers];
    const rates = maxMinFairRates(transfers.map(transfer => transfer.links));
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [i, transfer] of transfers.entries()) {
      transfer.bytesPerSecond = rates[i] ?? 0;
      nextMs = Math.min(nextMs, (transfer.leftBytes / transfer.bytesPerSecond) * 1000);
    }
    if (nextMs === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = this.#clock.after(Math.max(0, Math.ceil(nextMs)), () => this.#complete());
  }

  #complete(): void {
    this.#advance();
    for (const transfer of this.#transfers) {
      if (transfer.leftBytes <= NOTHING_LEFT_BYTES) transfer.finish();
    }
    this.#rebalanceSoon();
  }
}
