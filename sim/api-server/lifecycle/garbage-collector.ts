import { parseObjectKey } from '../../../api/meta.ts';
import { HeadstartError } from '../../../runtime/errors.ts';
import type { Backend } from '../backend.ts';
import { type ApiObject, withMetadata } from '../objects/api-object.ts';
import { resourceName } from '../registry/resource-type.ts';
import type { StoreEvent } from '../store/event-ring.ts';
import { deleteObject, FOREGROUND_FINALIZER, ORPHAN_FINALIZER } from '../writes/delete-object.ts';
import { updateObject } from '../writes/update-object.ts';
import { internalRequest, PLAIN_WRITE, storedAs, systemUser } from './internal-request.ts';
import { type Location, OwnerGraph, ownersOf, uidOf } from './owner-graph.ts';
import { WorkList } from './work-list.ts';

const USER = systemUser('generic-garbage-collector');

/**
 * Deletes what has lost all its owners, and carries out foreground and orphan deletion: the garbage collector of
 * kube-controller-manager, which a Kubernetes API without a controller manager would lack.
 */
export class GarbageCollector {
  readonly #backend: Backend;
  readonly #graph = new OwnerGraph();
  readonly #work: WorkList;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#work = new WorkList(uid => this.#attend(uid), backend);
    backend.store.onCommit((resource, event) => this.#onCommit(resource, event));
  }

  stop(): Promise<void> {
    return this.#work.stop();
  }

  #onCommit(resource: string, event: StoreEvent): void {
    this.#graph.observe(resource, event);
    const { object, type } = event;
    if (type === 'DELETED') {
      for (const uid of this.#graph.dependentsOf(uidOf(object))) this.#work.add(uid);
      for (const uid of ownersOf(object)) this.#work.add(uid);
      return;
    }
    const isDangling = ownersOf(object).some(uid => this.#graph.locate(uid) === undefined);
    if (isDangling || object.metadata.deletionTimestamp !== undefined) {
      this.#work.add(uidOf(object));
    }
  }

  async #attend(uid: string): Promise<void> {
    const location = this.#graph.locate(uid);
    const object = location === undefined ? undefined : this.#read(location);
    if (location === undefined || object === undefined) return;
    const isMarked = object.metadata.deletionTimestamp !== undefined;
    await (isMarked
      ? this.#attendDeleted(location, object)
      : this.#attendDependent(location, object));
  }

  async #attendDependent(location: Location, object: ApiObject): Promise<void> {
    const owners = ownersOf(object).map(uid => this.#graph.locate(uid));
    const living = owners.flatMap(owner => owner ?? []);
    if (owners.length === 0) return;
    const waits = living.map(owner => isWaiting(this.#read(owner)));
    if (waits.every(Boolean)) {
      const propagationPolicy = living.length === 0 ? 'Background' : 'Foreground';
      await deleteObject(this.#request(location), {
        dryRun: false,
        propagationPolicy,
        uid: uidOf(object),
      });
    } else if (living.length < owners.length) {
      await this.#change(location, current => this.#withoutOwners(current, isGone(this.#graph)));
    }
  }

  /** An object that is marked: its owner-related finalizers are taken away when their work is done. */
  async #attendDeleted(location: Location, object: ApiObject): Promise<void> {
    const uid = uidOf(object);
    const dependents = this.#graph.dependentsOf(uid);
    const { finalizers = [] } = object.metadata;
    if (finalizers.includes(ORPHAN_FINALIZER)) {
      for (const dependent of dependents) await this.#orphan(dependent, uid);
      await this.#dropFinalizer(location, ORPHAN_FINALIZER);
    }
    if (!finalizers.includes(FOREGROUND_FINALIZER)) return;
    for (const dependent of dependents) this.#work.add(dependent);
    if (!dependents.some(dependent => this.#blocks(dependent, uid))) {
      await this.#dropFinalizer(location, FOREGROUND_FINALIZER);
    }
  }

  #blocks(dependent: string, owner: string): boolean {
    const location = this.#graph.locate(dependent);
    const object = location === undefined ? undefined : this.#read(location);
    const reference = object?.metadata.ownerReferences?.find(({ uid }) => uid === owner);
    return reference?.blockOwnerDeletion === true;
  }

  async #orphan(dependent: string, owner: string): Promise<void> {
    const location = this.#graph.locate(dependent);
    if (location === undefined) return;
    await this.#change(location, current => this.#withoutOwners(current, uid => uid === owner));
  }

  #withoutOwners(object: ApiObject, isDropped: (uid: string) => boolean): ApiObject {
    const kept = (object.metadata.ownerReferences ?? []).filter(({ uid }) => !isDropped(uid));
    return withMetadata(object, { ownerReferences: kept.length === 0 ? undefined : kept });
  }

  #dropFinalizer(location: Location, finalizer: string): Promise<void> {
    return this.#change(location, current => {
      const kept = (current.metadata.finalizers ?? []).filter(name => name !== finalizer);
      return withMetadata(current, { finalizers: kept.length === 0 ? undefined : kept });
    });
  }

  async #change(location: Location, change: (current: ApiObject) => ApiObject): Promise<void> {
    const wish = (current: ApiObject): { object: ApiObject } => ({ object: change(current) });
    await updateObject(this.#request(location), PLAIN_WRITE, wish);
  }

  #read({ resource, key }: Location): ApiObject | undefined {
    return this.#backend.store.collection(resource).get(key);
  }

  #request({ resource, key }: Location): ReturnType<typeof internalRequest> {
    const type = this.#backend.registry.types.find(known => resourceName(known) === resource);
    if (type === undefined) throw new HeadstartError('INTERNAL', `${resource} is not served`);
    return internalRequest(this.#backend, storedAs(type), parseObjectKey(key), USER);
  }
}

const isGone =
  (graph: OwnerGraph) =>
  (uid: string): boolean =>
    graph.locate(uid) === undefined;

/** True for an owner that waits for its dependents to go first. */
function isWaiting(owner: ApiObject | undefined): boolean {
  const { deletionTimestamp, finalizers = [] } = owner?.metadata ?? {};
  return deletionTimestamp !== undefined && finalizers.includes(FOREGROUND_FINALIZER);
}
