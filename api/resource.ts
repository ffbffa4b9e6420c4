import type { KubeObject } from './meta.ts';

/**
 * Where a kind lives in the Kubernetes API. The type parameter ties the kind to its TypeScript shape,
 * so that `client.get(IMAGE_PULL_JOBS, …)` is typed.
 */
export interface Resource<T extends KubeObject = KubeObject> {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set; carries `T`. */
  readonly shape?: T;
}

/** Declares a resource. */
export function resource<T extends KubeObject>(fields: Omit<Resource<T>, 'shape'>): Resource<T> {
  return fields;
}

/** Tells kinds of the same name in different groups apart, as `StatefulSet.apps`. */
export function groupKindOf({ group, kind }: Pick<Resource, 'group' | 'kind'>): string {
  return `${kind}.${group}`;
}

/** `group/version`, or `version` for the core group. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
