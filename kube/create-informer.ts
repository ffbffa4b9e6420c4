import { isSameVersion, type KubeObject, keyOf, type ObjectKey } from '../api/meta.ts';
import { apiVersionOf, type Resource } from '../api/resource.ts';
import { untilAborted } from '../runtime/abort.ts';
import type { LogFields } from '../runtime/log.ts';
import type { Change, Indexer, Informer, InformerOptions } from './informer.ts';
import { ObjectStore } from './object-store.ts';
import { Reflector, type ReflectorDeps, type ReflectorSink } from './reflector.ts';

/** Declares a cache; nothing is read before `run`. */
export function createInformer<T extends KubeObject>(
  options: InformerOptions<T>,
  deps: ReflectorDeps,
): Informer<T> {
  return new CachingInformer(options, deps);
}

type Handler<T extends KubeObject> = (change: Change<T>) => void;

class CachingInformer<T extends KubeObject> implements Informer<T>, ReflectorSink<T> {
  readonly resource: Resource<T>;
  readonly #options: InformerOptions<T>;
  readonly #deps: ReflectorDeps;
  readonly #store: ObjectStore<T>;
  readonly #handlers: Handler<T>[] = [];
  readonly #synced: Promise<void>;
  #onFirstList: () => void = () => {};
  #hasSynced = false;

  constructor(options: InformerOptions<T>, deps: ReflectorDeps) {
    this.resource = options.resource;
    this.#options = options;
    this.#deps = deps;
    this.#store = new ObjectStore(this.#guard(options.indexes ?? {}));
    this.#synced = new Promise(resolve => {
      this.#onFirstList = resolve;
    });
    const objects = deps.metrics.gauge({
      name: 'headstart_cache_objects',
      help: 'Objects in a cache.',
      labelNames: ['resource'],
    });
    const { plural, group } = options.resource;
    const resource = group === '' ? plural : `${plural}.${group}`;
    deps.metrics.onExposition(() => objects.set({ resource }, this.#store.size));
  }

  get size(): number {
    return this.#store.size;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  get(key: ObjectKey): T | undefined {
    return this.#store.get(key);
  }

  list(): Iterable<T> {
    return this.#store.list();
  }

  byIndex(index: string, value: string): readonly T[] {
    return this.#store.byIndex(index, value);
  }

  onChange(handler: Handler<T>): void {
    this.#handlers.push(handler);
    for (const object of this.#store.list()) this.#call(handler, { type: 'added', object });
  }

  run(signal: AbortSignal): Promise<void> {
    const { trim: _trim, indexes: _indexes, consistent = false, ...selection } = this.#options;
    return new Reflector({ ...selection, consistent }, this, this.#deps).run(signal);
  }

  synced(signal?: AbortSignal): Promise<void> {
    return untilAborted(this.#synced, signal);
  }

  /** Trims one object. Items of a list carry no type, so it is filled in. */
  prepare(object: T): T {
    const { managedFields: _, ...metadata } = object.metadata as T['metadata'] & {
      readonly managedFields?: unknown;
    };
    const type = { apiVersion: apiVersionOf(this.resource), kind: this.resource.kind };
    return { ...this.#trim({ ...object, metadata }), ...type };
  }

  replace(objects: readonly T[]): void {
    const changes = this.#adopt(objects);
    for (const change of changes) this.#notify(change);
    this.#hasSynced = true;
    this.#onFirstList();
  }

  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    if (type !== 'DELETED') {
      for (const change of changesOf(this.#store.set(object), object)) this.#notify(change);
    } else if (this.#store.delete(keyOf(object)) !== undefined) {
      this.#notify({ type: 'deleted', object });
    }
  }

  /** Makes the store equal to a list and returns what that changed. */
  #adopt(objects: readonly T[]): Change<T>[] {
    const changes: Change<T>[] = [];
    const gone = new Set(this.#store.keys());
    for (const object of objects) {
      gone.delete(keyOf(object));
      const previous = this.#store.set(object);
      if (previous === undefined || !isSameVersion(previous, object)) {
        changes.push(...changesOf(previous, object));
      }
    }
    for (const key of gone) {
      const object = this.#store.delete(key);
      if (object !== undefined) changes.push({ type: 'deleted', object });
    }
    return changes;
  }

  /** One object that cannot be trimmed must not stop the cache: it is kept whole. */
  #trim(object: T): T {
    try {
      return this.#options.trim?.(object) ?? object;
    } catch (err) {
      this.#log('Trimming failed', object, { err });
      return object;
    }
  }

  #notify(change: Change<T>): void {
    for (const handler of this.#handlers) this.#call(handler, change);
  }

  #call(handler: Handler<T>, change: Change<T>): void {
    try {
      handler(change);
    } catch (err) {
      this.#log('Handler of a change failed', change.object, { err });
    }
  }

  /** One object that an indexer cannot read must not stop the cache: it is filed under nothing. */
  #guard(indexes: Readonly<Record<string, Indexer<T>>>): Record<string, Indexer<T>> {
    const guarded = Object.entries(indexes).map(([index, indexer]) => {
      const safe: Indexer<T> = object => {
        try {
          return indexer(object);
        } catch (err) {
          this.#log('Indexer failed', object, { index, err });
          return [];
        }
      };
      return [index, safe] as const;
    });
    return Object.fromEntries(guarded);
  }

  #log(message: string, object: T, fields: LogFields): void {
    const { plural } = this.resource;
    this.#deps.log.error(message, { resource: plural, object: keyOf(object), ...fields });
  }
}

/** An object that was made anew under its old name, seen only by a list, is a deletion and an addition. */
function changesOf<T extends KubeObject>(previous: T | undefined, object: T): Change<T>[] {
  if (previous === undefined) return [{ type: 'added', object }];
  if (previous.metadata.uid === object.metadata.uid) return [{ type: 'updated', object, previous }];
  return [
    { type: 'deleted', object: previous },
    { type: 'added', object },
  ];
}
