import type { Backend } from '../backend.ts';
import type { ApiObject } from '../objects/api-object.ts';
import { customResource } from '../registry/custom-resource.ts';
import { resourceName } from '../registry/resource-type.ts';
import type { StoreEvent } from '../store/event-ring.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

/**
 * Serves what CustomResourceDefinitions define, from the turn in which they are stored. The objects of a deleted definition go with it,
 * without regard to their finalizers.
 */
export function serveDefinitions({ store, registry }: Backend): void {
  const forget = async (definition: ApiObject): Promise<void> => {
    // A commit listener must not write in its own turn.
    await Promise.resolve();
    const resource = resourceName(customResource(definition));
    for (const object of store.collection(resource).list()) store.remove(resource, object);
  };
  store.onCommit((resource, { type, object }: StoreEvent) => {
    if (resource !== DEFINITIONS) return;
    if (type !== 'DELETED') {
      registry.set(customResource(object));
      return;
    }
    registry.delete(customResource(object));
    void forget(object);
  });
}
