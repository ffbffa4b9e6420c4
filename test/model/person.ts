import type { KubeObject, ObjectKey } from '../../api/meta.ts';
import type { Resource } from '../../api/resource.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { ModelWorld } from './world.ts';

/** Where the people of the model work. */
export const NAMESPACE = 'default';

/** What a stranger writes into an object of ours. Labels of a NodeImage are its Node's. */
export const noted = {
  metadata: { annotations: { 'strange/note': 'mine' } },
  'x-foreign': { deep: [1] },
};

interface Name {
  readonly name: string;
  readonly namespace?: string;
}

/** An object of the people. */
export const inDefault = (name: string): Name & { readonly namespace: string } => ({
  name,
  namespace: NAMESPACE,
});

/** Its key. */
export const keyIn = (name: string): ObjectKey => `${NAMESPACE}/${name}`;

/** A person's write that fails because the object is there already, or is not, is none. */
export async function attempt(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof KubeError) || ![404, 409].includes(error.status)) throw error;
  });
}

/** A person creates an object that may be there already. */
export const create = <T extends KubeObject>(
  world: ModelWorld,
  resource: Resource<T>,
  object: T,
): Promise<void> => attempt(world.person.create(resource, object));

/** A person deletes an object that may be gone. */
export const remove = (world: ModelWorld, resource: Resource, name: Name): Promise<void> =>
  attempt(world.person.delete(resource, name));

/** A person changes an object that may be gone. */
export function merge(
  world: ModelWorld,
  resource: Resource,
  name: Name,
  ...[body, subresource]: [unknown, 'status'?]
): Promise<void> {
  const options = subresource === undefined ? {} : { subresource };
  return attempt(world.person.patch(resource, name, { type: 'merge', body }, options));
}
