import type { Backend } from '../backend.ts';
import type { ApiRequest } from '../http/api-request.ts';
import type { UserInfo } from '../http/user.ts';
import type { ServedResource } from '../registry/registry.ts';
import { type ResourceType, storageVersionOf } from '../registry/resource-type.ts';
import type { WriteOptions } from '../writes/write-options.ts';

/** What an internal write is about. */
export interface InternalTarget {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

/** A request that the server makes to itself, through the same admission and rules as one from outside. */
export function internalRequest(
  backend: Backend,
  served: ServedResource,
  { name, namespace }: InternalTarget,
  user: UserInfo,
): ApiRequest {
  return {
    ...served,
    backend,
    method: '',
    path: '',
    name,
    namespace,
    subresource: undefined,
    query: new URLSearchParams(),
    body: Buffer.alloc(0),
    contentType: '',
    accept: '',
    userAgent: user.username,
    user,
    signal: new AbortController().signal,
    warn: () => {},
  };
}

/** The type in the version it is stored in. */
export function storedAs(type: ResourceType): ServedResource {
  return { type, version: storageVersionOf(type) };
}

/** A service account of the system. */
export function systemUser(name: string): UserInfo {
  return {
    username: `system:serviceaccount:kube-system:${name}`,
    groups: ['system:serviceaccounts', 'system:authenticated'],
  };
}

/** Options of a write that nobody chose. */
export const PLAIN_WRITE: WriteOptions = {
  dryRun: false,
  fieldManager: undefined,
  fieldValidation: 'Ignore',
  force: false,
};
