import { keyOf, type ObjectKey } from '../../../api/meta.ts';
import type { ApiObject } from '../objects/api-object.ts';
import type { StoreEvent } from '../store/event-ring.ts';

/** Where an object is. */
export interface Location {
  readonly resource: string;
  readonly key: ObjectKey;
}

/** Who owns whom, by uid, kept up to date with each commit. */
export class OwnerGraph {
  readonly #locations = new Map<string, Location>();
  readonly #dependents = new Map<string, Set<string>>();

  /** Takes in a commit. */
  observe(resource: string, { type, object, previous }: StoreEvent): void {
    const uid = uidOf(object);
    if (previous !== undefined) {
      for (const owner of ownersOf(previous)) this.#unlink(owner, uid);
    }
    if (type === 'DELETED') {
      this.#locations.delete(uid);
      return;
    }
    this.#locations.set(uid, { resource, key: keyOf(object) });
    for (const owner of ownersOf(object)) this.#link(owner, uid);
  }

  /** Where a living object is. */
  locate(uid: string): Location | undefined {
    return this.#locations.get(uid);
  }

  /** Uids of the objects that name `uid` as an owner. */
  dependentsOf(uid: string): readonly string[] {
    return [...(this.#dependents.get(uid) ?? [])];
  }

  #link(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner) ?? new Set();
    this.#dependents.set(owner, dependents.add(dependent));
  }

  #unlink(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner);
    dependents?.delete(dependent);
    if (dependents?.size === 0) this.#dependents.delete(owner);
  }
}

/** The uid of a stored object. */
export function uidOf({ metadata }: ApiObject): string {
  return metadata.uid ?? '';
}

/** Uids of an object's owners. */
export function ownersOf({ metadata }: ApiObject): readonly string[] {
  return (metadata.ownerReferences ?? []).map(owner => owner.uid);
}
