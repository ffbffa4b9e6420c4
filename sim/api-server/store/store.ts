import { keyOf } from '../../../api/meta.ts';
import { type ApiObject, withMetadata } from '../objects/api-object.ts';
import { Collection } from './collection.ts';
import type { StoreEvent } from './event-ring.ts';

/** Told of every commit, in order; `resource` is `plural.group`. Must not write in the same turn. */
export type CommitListener = (resource: string, event: StoreEvent) => void;

/**
 * Objects in memory under one revision counter, as etcd keeps them. Writes are compare-and-swap on the identity of the object
 * that was read, and happen within one turn of the event loop, so that no two can interleave.
 */
export class Store {
  readonly #window: number;
  readonly #collections = new Map<string, Collection>();
  readonly #listeners: CommitListener[] = [];
  #revision = 1;

  /** `window` is the number of changes each resource remembers for watches and paged lists. */
  constructor(window: number) {
    this.#window = window;
  }

  /** Revision of the latest write of any resource. */
  get revision(): number {
    return this.#revision;
  }

  /** The objects of a resource; empty when it was never written. */
  collection(resource: string): Collection {
    const known = this.#collections.get(resource);
    if (known !== undefined) return known;
    const made = new Collection(this.#window);
    this.#collections.set(resource, made);
    return made;
  }

  /** Forgets how the present state came about, as etcd does when it is compacted. */
  compact(): void {
    for (const collection of this.#collections.values()) collection.forget(this.#revision);
  }

  onCommit(listener: CommitListener): void {
    this.#listeners.push(listener);
  }

  /** Stores a new object; undefined when its name is taken. */
  create(resource: string, object: ApiObject): ApiObject | undefined {
    if (this.collection(resource).get(keyOf(object)) !== undefined) return undefined;
    return this.#commit(resource, 'ADDED', object);
  }

  /** Puts `next` in the place of `current`; undefined when `current` is no longer what is stored. */
  replace(resource: string, current: ApiObject, next: ApiObject): ApiObject | undefined {
    if (this.collection(resource).get(keyOf(current)) !== current) return undefined;
    return this.#commit(resource, 'MODIFIED', next, current);
  }

  /** Removes `current`, whose last state is `last`; undefined when it is no longer what is stored. */
  remove(resource: string, current: ApiObject, last: ApiObject = current): ApiObject | undefined {
    if (this.collection(resource).get(keyOf(current)) !== current) return undefined;
    return this.#commit(resource, 'DELETED', last, current);
  }

  #commit(
    resource: string,
    type: StoreEvent['type'],
    object: ApiObject,
    previous?: ApiObject,
  ): ApiObject {
    const revision = ++this.#revision;
    const stored = withMetadata(object, { resourceVersion: String(revision) });
    const event = {
      type,
      revision,
      object: stored,
      ...(previous === undefined ? {} : { previous }),
    };
    this.collection(resource).commit(event);
    for (const listener of this.#listeners) listener(resource, event);
    return stored;
  }
}
