import { keyOf, type ObjectKey } from '../../../api/meta.ts';
import type { ApiObject } from '../objects/api-object.ts';
import { Delivery } from './delivery.ts';
import { EventRing, type StoreEvent } from './event-ring.ts';
import { type Watcher, WatcherIndex } from './watcher-index.ts';

/** All objects of one resource, their latest changes, and who watches them. Written by the store only. */
export class Collection {
  readonly #objects = new Map<ObjectKey, ApiObject>();
  readonly #watchers = new WatcherIndex();
  readonly #ring: EventRing;
  /** Rebuilt by the next list after a create or delete; updates leave it valid. */
  #sortedKeys: readonly ObjectKey[] | undefined;

  constructor(window: number) {
    this.#ring = new EventRing(window);
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: ObjectKey): ApiObject | undefined {
    return this.#objects.get(key);
  }

  /** Every object, in the order of namespace and name. */
  list(): readonly ApiObject[] {
    this.#sortedKeys ??= [...this.#objects.keys()].sort();
    return this.#sortedKeys.flatMap(key => this.#objects.get(key) ?? []);
  }

  /** As {@link list}, but as it was at `revision`; undefined when that is too long ago. */
  listAt(revision: number): readonly ApiObject[] | undefined {
    const later = this.#ring.since(revision);
    if (later === undefined) return undefined;
    if (later.length === 0) return this.list();
    const objects = new Map(this.#objects);
    for (const { object, previous } of later.toReversed()) {
      if (previous === undefined) objects.delete(keyOf(object));
      else objects.set(keyOf(object), previous);
    }
    return [...objects.keys()].sort().flatMap(key => objects.get(key) ?? []);
  }

  /** Changes after `revision`; undefined when some were dropped. */
  since(revision: number): readonly StoreEvent[] | undefined {
    return this.#ring.since(revision);
  }

  /** The oldest revision that {@link since} accepts. */
  get floor(): number {
    return this.#ring.floor;
  }

  /** Drops the changes up to `revision`. */
  forget(revision: number): void {
    this.#ring.forget(revision);
  }

  /** Adds a watcher of changes from now on; the result takes it away. */
  watch(watcher: Watcher): () => void {
    return this.#watchers.add(watcher);
  }

  /** Takes in a change that the store has numbered. */
  commit(event: StoreEvent): void {
    const key = keyOf(event.object);
    if (event.type === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, event.object);
    if (event.type !== 'MODIFIED') this.#sortedKeys = undefined;
    this.#ring.push(event);
    this.#watchers.deliver(new Delivery(event));
  }
}
