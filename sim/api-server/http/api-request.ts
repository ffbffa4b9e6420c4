import type { ServedResource } from '../registry/registry.ts';
import { resourceName } from '../registry/resource-type.ts';
import { badRequest } from '../status/api-error.ts';
import type { Collection } from '../store/collection.ts';
import type { RawRequest } from './raw-request.ts';

/** A request about a resource, with everything that was found out about it. */
export interface ApiRequest extends RawRequest, ServedResource {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** The objects that a request is about. */
export function collectionOf({ backend, type }: ApiRequest): Collection {
  return backend.store.collection(resourceName(type));
}

/** The name in the URL, for requests about one object. */
export function nameOf({ name }: ApiRequest): string {
  if (name === undefined) throw badRequest('name must be provided');
  return name;
}

/** True for `?flag`, `?flag=true` and `?flag=1`. */
export function isSet(query: URLSearchParams, flag: string): boolean {
  const value = query.get(flag);
  return value !== null && value !== 'false' && value !== '0';
}
