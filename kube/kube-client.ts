import type { KubeObject } from '../api/meta.ts';
import type { Resource } from '../api/resource.ts';

/** Options of every call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Default 30 s. */
  readonly deadlineMs?: number;
}

/** Names one object. */
export interface ObjectName {
  readonly name: string;
  readonly namespace?: string;
}

export interface ListOptions extends CallOptions {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Objects per page. Default 500; 0 asks for all in one piece. */
  readonly pageSize?: number;
  /** '0' lets the API server answer from its cache; absent is a consistent read. */
  readonly resourceVersion?: string;
}

/** One page of a list. */
export interface Page<T extends KubeObject> {
  readonly items: readonly T[];
  /** Of the whole list; start a watch from the one of the last page. */
  readonly resourceVersion: string;
}

/** RFC 6902 operation. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/**
 * A change of an object. Guard a `json` patch by replacing `/metadata/resourceVersion` with the one that was read: a stale one
 * answers 409 (a failing `test` would be 422).
 */
export type Patch =
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
  | { readonly type: 'merge'; readonly body: unknown }
  | { readonly type: 'apply'; readonly body: KubeObject; readonly force?: boolean };

export interface WriteOptions extends CallOptions {
  readonly dryRun?: boolean;
}

export interface PatchOptions extends WriteOptions {
  readonly subresource?: 'status' | 'scale';
}

export interface DeleteOptions extends CallOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  /** The object is deleted only if it still has these; 409 otherwise. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  /** Of Pods: 0 takes the object away at once, which is the kubelet's last word. */
  readonly gracePeriodSeconds?: number;
}

export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion: string;
  /** The API server ends the stream after this long. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/**
 * The Kubernetes API on raw JSON. Objects are returned as the server sent them; unknown fields survive. Failures throw
 * {@link KubeError}. Writes carry the client's field manager.
 */
export interface KubeClient {
  /** The object, or undefined when it does not exist. */
  get<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    options?: CallOptions,
  ): Promise<T | undefined>;
  /** Pages of a list, in order. */
  pages<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): AsyncIterable<Page<T>>;
  /** A whole list. */
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<Page<T>>;
  /** Creates `object` in `object.metadata.namespace`; apiVersion and kind are filled in. */
  create<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options?: WriteOptions,
  ): Promise<T>;
  /** Patches one object and returns the new one. */
  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    patch: Patch,
    options?: PatchOptions,
  ): Promise<T>;
  /** Deletes one object; false when it did not exist. */
  delete(resource: Resource, name: ObjectName, options?: DeleteOptions): Promise<boolean>;
  /**
   * One watch connection. Ends quietly when the server ends it; throws KubeError on an ERROR event (410 when
   * the resourceVersion is too old) and on a broken connection.
   */
  watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>>;
  /** GET of any other path, for discovery and version; undefined on 404. */
  getPath(path: string, options?: CallOptions): Promise<unknown>;
}
