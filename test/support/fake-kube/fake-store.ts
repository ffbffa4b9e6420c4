import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, keyOf, type ObjectKey } from '../../../api/meta.ts';
import type { Resource } from '../../../api/resource.ts';
import type { DeleteOptions } from '../../../kube/kube-client.ts';
import { type Clock, timestamp } from '../../../runtime/clock.ts';
import {
  checkIdentity,
  firstGeneration,
  isReleased,
  mainUpdate,
  newObject,
  refusal,
  statusUpdate,
  typed,
  userMetadata,
} from './object-rules.ts';

/** One write, as watchers see it. */
export interface StoredChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly table: string;
  readonly version: number;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

const FOREGROUND = 'foregroundDeletion';

/** All versions of a kind share their objects. */
export const tableOf = (resource: Resource): string => `${resource.plural}.${resource.group}`;

/** Objects and their history, with the bookkeeping of metadata that an API server does. */
export class FakeStore {
  /** Every write since the last compaction, oldest first. */
  history: StoredChange[] = [];
  /** Watches and pages from before this version are too old. */
  compactedVersion = 0;
  readonly listeners = new Set<(change: StoredChange) => void>();
  readonly #clock: Clock;
  readonly #collectsGarbage: boolean;
  readonly #tables = new Map<string, Table>();
  #version = 1000;
  #uids = 0;

  constructor(options: { readonly clock: Clock; readonly collectsGarbage: boolean }) {
    this.#clock = options.clock;
    this.#collectsGarbage = options.collectsGarbage;
  }

  get version(): number {
    return this.#version;
  }

  get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): T | undefined {
    return this.#table(resource).get(key) as T | undefined;
  }

  /** Objects in the order of their keys. */
  list<T extends KubeObject>(resource: Resource<T>): readonly T[] {
    const objects = [...this.#table(resource).values()] as T[];
    return objects.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  /** Adds an object; a `trusted` one keeps its status and metadata. */
  create<T extends KubeObject>(resource: Resource<T>, object: T, how: CreateOptions = {}): T {
    const { dryRun = false, trusted = false } = how;
    const name = object.metadata.name || `${object.metadata.generateName ?? ''}${++this.#uids}`;
    const metadata = {
      uid: `uid-${++this.#uids}`,
      creationTimestamp: timestamp(this.#clock),
      ...firstGeneration(resource),
      ...(trusted ? object.metadata : userMetadata(object.metadata)),
      name,
    };
    const stored = typed(resource, {
      ...(trusted ? object : newObject(resource, object)),
      metadata,
    });
    if (this.#table(resource).has(keyOf(stored))) {
      throw refusal(resource, name, 'AlreadyExists', 'already exists');
    }
    return dryRun ? stored : this.#store('ADDED', resource, stored);
  }

  /** Puts `wanted` in the place of `current`, as the main resource or a subresource does. */
  update<T extends KubeObject>(resource: Resource<T>, change: UpdateOptions<T>): T {
    const { current, wanted, subresource, dryRun = false } = change;
    checkIdentity(resource, current.metadata, wanted.metadata);
    const next =
      subresource === 'status'
        ? statusUpdate(current, wanted)
        : mainUpdate(resource, current, wanted);
    if (dryRun || isDeepStrictEqual(next, typed(resource, current))) return next;
    if (isReleased(next)) return this.#remove(resource, next);
    return this.#store('MODIFIED', resource, next, current);
  }

  delete(resource: Resource, key: ObjectKey, options: DeleteOptions): boolean {
    const object = this.get(resource, key);
    if (object === undefined) return false;
    checkIdentity(resource, object.metadata, { name: '', ...options.preconditions });
    const foreground = options.propagationPolicy === 'Foreground' ? [FOREGROUND] : [];
    const finalizers = [...new Set([...(object.metadata.finalizers ?? []), ...foreground])];
    if (finalizers.length === 0) this.#remove(resource, object);
    else this.#markDeleted(resource, object, finalizers);
    return true;
  }

  /** Forgets the history: older watches and pages end with 410. */
  compact(): void {
    this.compactedVersion = this.#version;
    this.history = [];
  }

  #markDeleted(resource: Resource, object: KubeObject, finalizers: string[]): void {
    const { generation, deletionTimestamp } = object.metadata;
    if (deletionTimestamp !== undefined) return;
    const metadata = {
      ...object.metadata,
      ...(generation === undefined ? {} : { generation: generation + 1 }),
      deletionTimestamp: timestamp(this.#clock),
      finalizers,
    };
    this.#store('MODIFIED', resource, { ...object, metadata }, object);
    if (this.#collectsGarbage && finalizers.includes(FOREGROUND)) {
      this.#collect(object.metadata.uid ?? '');
      this.#release(resource, keyOf(object));
    }
  }

  /** Ends a foreground deletion. */
  #release(resource: Resource, key: ObjectKey): void {
    const current = this.get(resource, key);
    if (current === undefined) return;
    const finalizers = (current.metadata.finalizers ?? []).filter(name => name !== FOREGROUND);
    const wanted = { ...current, metadata: { ...current.metadata, finalizers } };
    this.update(resource, { current, wanted });
  }

  #remove<T extends KubeObject>(resource: Resource<T>, object: T): T {
    const gone = this.#store('DELETED', resource, object, object);
    if (this.#collectsGarbage) this.#collect(object.metadata.uid ?? '');
    return gone;
  }

  /** Deletes what only the owner `uid` kept. */
  #collect(uid: string): void {
    for (const { resource, objects } of this.#tables.values()) {
      for (const [key, object] of objects) {
        const owners = object.metadata.ownerReferences ?? [];
        const others = owners.filter(owner => owner.uid !== uid);
        if (others.length === owners.length) continue;
        const metadata = { ...object.metadata, ownerReferences: others };
        if (others.length === 0) this.delete(resource, key, {});
        else this.#store('MODIFIED', resource, { ...object, metadata }, object);
      }
    }
  }

  #store<T extends KubeObject>(
    type: StoredChange['type'],
    resource: Resource<T>,
    object: T,
    previous?: T,
  ): T {
    const version = ++this.#version;
    const metadata = { ...object.metadata, resourceVersion: String(version) };
    const stored = { ...object, metadata };
    if (type === 'DELETED') this.#table(resource).delete(keyOf(stored));
    else this.#table(resource).set(keyOf(stored), stored);
    const change = { type, table: tableOf(resource), version, object: stored, previous };
    this.history.push(change);
    for (const listener of this.listeners) listener(change);
    return stored;
  }

  #table(resource: Resource): Map<ObjectKey, KubeObject> {
    const name = tableOf(resource);
    const table = this.#tables.get(name) ?? { resource, objects: new Map() };
    this.#tables.set(name, table);
    return table.objects;
  }
}

interface Table {
  readonly resource: Resource;
  readonly objects: Map<ObjectKey, KubeObject>;
}

export interface CreateOptions {
  readonly dryRun?: boolean | undefined;
  readonly trusted?: boolean;
}

export interface UpdateOptions<T> {
  readonly current: T;
  readonly wanted: T;
  readonly subresource?: 'status' | 'scale' | undefined;
  readonly dryRun?: boolean | undefined;
}
