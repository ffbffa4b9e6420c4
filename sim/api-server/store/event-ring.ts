import type { ApiObject } from '../objects/api-object.ts';

/** One committed change. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  /** As stored; for DELETED the last state, carrying the revision of the deletion. */
  readonly object: ApiObject;
  readonly previous?: ApiObject;
}

/** The latest changes of one collection: at least `capacity` of them, at most twice as many. */
export class EventRing {
  readonly #capacity: number;
  #events: StoreEvent[] = [];
  /** Revision of the newest event that was dropped. */
  #floor = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds an event. Dropping old ones in blocks keeps this O(1) on average. */
  push(event: StoreEvent): void {
    this.#events.push(event);
    if (this.#events.length < 2 * this.#capacity) return;
    const dropped = this.#events.splice(0, this.#capacity);
    this.#floor = dropped.at(-1)?.revision ?? this.#floor;
  }

  /** Events after `revision`, oldest first; undefined when some of them were dropped. */
  since(revision: number): readonly StoreEvent[] | undefined {
    if (revision < this.#floor) return undefined;
    return this.#events.slice(this.#firstAfter(revision));
  }

  /** Drops everything up to `revision`. */
  forget(revision: number): void {
    this.#events = this.#events.slice(this.#firstAfter(revision));
    this.#floor = Math.max(this.#floor, revision);
  }

  /** The oldest revision that `since` accepts. */
  get floor(): number {
    return this.#floor;
  }

  #firstAfter(revision: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
