import { asString, valueAt } from '../objects/json.ts';
import type { Delivery } from './delivery.ts';

/** Fields that a watcher can be pinned to, so that thousands of them cost nothing per write. */
export const PINNED_FIELDS = ['metadata.name', 'spec.nodeName'] as const;

/** A field and the one value of it that a watcher wants to see. */
export interface Pin {
  readonly field: (typeof PINNED_FIELDS)[number];
  readonly value: string;
}

/** Somebody who wants to see changes. */
export interface Watcher {
  readonly pin?: Pin | undefined;
  /** Called in the same turn as the commit; must not write to the store. */
  deliver(delivery: Delivery): void;
}

/** Watchers of one collection. A write only meets those that it may concern. */
export class WatcherIndex {
  readonly #general = new Set<Watcher>();
  readonly #pinned = new Map<string, Set<Watcher>>();

  /** Adds a watcher; the result takes it away. */
  add(watcher: Watcher): () => void {
    const { pin } = watcher;
    if (pin === undefined) {
      this.#general.add(watcher);
      return () => this.#general.delete(watcher);
    }
    const slot = slotOf(pin);
    const others = this.#pinned.get(slot) ?? new Set<Watcher>();
    this.#pinned.set(slot, others.add(watcher));
    return () => {
      others.delete(watcher);
      if (others.size === 0) this.#pinned.delete(slot);
    };
  }

  /** Hands a change to everyone it may concern. */
  deliver(delivery: Delivery): void {
    for (const watcher of this.#general) watcher.deliver(delivery);
    if (this.#pinned.size === 0) return;
    for (const slot of slotsOf(delivery)) {
      for (const watcher of this.#pinned.get(slot) ?? []) watcher.deliver(delivery);
    }
  }
}

const slotOf = ({ field, value }: Pin): string => `${field}=${value}`;

function slotsOf({ event }: Delivery): ReadonlySet<string> {
  const slots = new Set<string>();
  for (const object of [event.object, event.previous]) {
    if (object === undefined) continue;
    for (const field of PINNED_FIELDS) {
      slots.add(slotOf({ field, value: asString(valueAt(object, field.split('.'))) ?? '' }));
    }
  }
  return slots;
}
