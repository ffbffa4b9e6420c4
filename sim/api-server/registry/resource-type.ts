import { HeadstartError } from '../../../runtime/errors.ts';
import type { Schema } from '../schema/schema.ts';
import type { SchemaValidator } from '../schema/validator.ts';
import type { SelectableFields } from '../selectors/field-selector.ts';
import type { Subject } from '../status/api-error.ts';

/** A column of `kubectl get` (apiextensions CustomResourceColumnDefinition). */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  /** 0 always, more only with `-o wide`. */
  readonly priority?: number;
  readonly jsonPath: string;
}

/** Where the scale subresource finds its numbers. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  readonly labelSelector?: readonly string[];
}

/** The structural schema of one version, and what was compiled from it. */
export interface VersionSchema {
  readonly root: Schema;
  readonly validate: SchemaValidator;
}

/** One version of a resource. */
export interface ResourceVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  /** Absent on built-in kinds, which are stored as they come. */
  readonly schema?: VersionSchema;
  readonly hasStatus: boolean;
  readonly scale?: ScalePaths;
  readonly columns?: readonly PrinterColumn[];
}

/** A resource of the API: built in, or from a CustomResourceDefinition. */
export interface ResourceType {
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Newest and most stable first. */
  readonly versions: readonly ResourceVersion[];
  readonly custom: boolean;
  readonly selectableFields: SelectableFields;
}

/** The name of the resource in the store and of its CRD: `widgets.example.com`, `pods`. */
export function resourceName({ group, plural }: Pick<ResourceType, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** How errors about a name call the resource. */
export function subjectOf({ group, plural }: ResourceType): Subject {
  return { group, resource: plural };
}

/** How errors about content call the resource: by its kind. */
export function kindSubjectOf({ group, kind }: ResourceType): Subject {
  return { group, resource: kind };
}

/** `group/version`, or `version` in the core group. */
export function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The version that objects are stored in. */
export function storageVersionOf(type: ResourceType): ResourceVersion {
  const [first] = type.versions;
  const storage = type.versions.find(version => version.storage) ?? first;
  if (storage === undefined) throw new HeadstartError('INTERNAL', `${type.kind} has no version`);
  return storage;
}
