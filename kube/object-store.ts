import { type KubeObject, keyOf, type ObjectKey } from '../api/meta.ts';
import type { Indexer, Lister } from './informer.ts';

/** Objects by key, filed under the values of named indexes. */
export class ObjectStore<T extends KubeObject> implements Lister<T> {
  readonly #objects = new Map<ObjectKey, T>();
  readonly #indexers: readonly [string, Indexer<T>][];
  /** Index → value → key → object. */
  readonly #indexes: ReadonlyMap<string, Map<string, Map<ObjectKey, T>>>;
  /** What each object was filed under, per indexer: an indexer is asked once for each state of an object. */
  readonly #filed = new Map<ObjectKey, readonly (readonly string[])[]>();

  constructor(indexers: Readonly<Record<string, Indexer<T>>>) {
    this.#indexers = Object.entries(indexers);
    this.#indexes = new Map(this.#indexers.map(([name]) => [name, new Map()]));
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(key);
  }

  list(): Iterable<T> {
    return this.#objects.values();
  }

  keys(): Iterable<ObjectKey> {
    return this.#objects.keys();
  }

  byIndex(index: string, value: string): readonly T[] {
    const filed = this.#indexes.get(index)?.get(value);
    return filed === undefined ? [] : [...filed.values()];
  }

  /** Puts `object` in and returns the one it takes the place of. */
  set(object: T): T | undefined {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    const values = this.#indexers.map(([, indexer]) => indexer(object));
    this.#unfile(key);
    this.#objects.set(key, object);
    this.#file(key, object, values);
    return previous;
  }

  /** Takes an object out and returns it. */
  delete(key: ObjectKey): T | undefined {
    const previous = this.#objects.get(key);
    this.#unfile(key);
    this.#objects.delete(key);
    return previous;
  }

  #file(key: ObjectKey, object: T, values: readonly (readonly string[])[]): void {
    if (values.length === 0) return;
    this.#filed.set(key, values);
    for (const [position, [name]] of this.#indexers.entries()) {
      const index = this.#indexes.get(name);
      for (const value of values[position] ?? []) {
        const filed = index?.get(value);
        if (filed === undefined) index?.set(value, new Map([[key, object]]));
        else filed.set(key, object);
      }
    }
  }

  #unfile(key: ObjectKey): void {
    const values = this.#filed.get(key);
    if (values === undefined) return;
    this.#filed.delete(key);
    for (const [position, [name]] of this.#indexers.entries()) {
      const index = this.#indexes.get(name);
      for (const value of values[position] ?? []) {
        const filed = index?.get(value);
        filed?.delete(key);
        if (filed?.size === 0) index?.delete(value);
      }
    }
  }
}
