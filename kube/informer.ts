import type { KubeObject, ObjectKey } from '../api/meta.ts';
import type { Resource } from '../api/resource.ts';

/** A difference between what the cache held and what it holds now. */
export type Change<T extends KubeObject> =
  | { readonly type: 'added'; readonly object: T; readonly previous?: undefined }
  | { readonly type: 'updated'; readonly object: T; readonly previous: T }
  | { readonly type: 'deleted'; readonly object: T; readonly previous?: undefined };

/** Values under which an index files an object. */
export type Indexer<T extends KubeObject> = (object: T) => readonly string[];

export interface InformerOptions<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Drops what nobody reads before an object is stored. managedFields are always dropped; apiVersion and kind are always there. */
  readonly trim?: (object: T) => T;
  /**
   * True: the first list shows every write that ended before it, and comes in pages. False (default): the API server answers
   * it from its cache in one piece, which is cheaper for it and may be a moment old.
   */
  readonly consistent?: boolean;
  /** Index name → indexer. */
  readonly indexes?: Readonly<Record<string, Indexer<T>>>;
}

/** The read side of a cache. Objects are shared: never mutate them. */
export interface Lister<T extends KubeObject> {
  get(key: ObjectKey): T | undefined;
  /** Objects in no particular order. */
  list(): Iterable<T>;
  /** Objects that index `index` files under `value`. */
  byIndex(index: string, value: string): readonly T[];
  readonly size: number;
}

/**
 * A local copy of all objects of a kind, kept by list and watch. Never stops on an error: it backs off and goes on; a 410 lists again
 * and reports the differences, so that no change is lost.
 */
export interface Informer<T extends KubeObject> extends Lister<T> {
  readonly resource: Resource<T>;
  /**
   * Calls `handler` for every change, in order, after the cache and its indexes have it; first for what is there already.
   * A handler that throws is logged and harms nobody.
   */
  onChange(handler: (change: Change<T>) => void): void;
  /** Runs until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when the first list is in the cache and its handlers were called. */
  synced(signal?: AbortSignal): Promise<void>;
  readonly hasSynced: boolean;
}
