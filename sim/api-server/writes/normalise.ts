import type { ApiObject } from '../objects/api-object.ts';
import { asObject, without } from '../objects/json.ts';
import { withBuiltInDefaults } from '../registry/built-in-defaults.ts';
import type { ServedResource } from '../registry/registry.ts';
import { withDefaults } from '../schema/defaults.ts';
import { prune } from '../schema/prune.ts';

/** An object with everything unknown taken away and every default filled in. */
export interface Normalised {
  readonly object: ApiObject;
  readonly unknownFields: readonly string[];
}

/** Prunes and defaults an object. Built-in kinds keep what they do not know. */
export function normalise({ type, version }: ServedResource, object: ApiObject): Normalised {
  if (version.schema === undefined) {
    return { object: withBuiltInDefaults(type, object), unknownFields: [] };
  }
  const { apiVersion, kind, metadata } = object;
  const body = without(object, 'apiVersion', 'kind', 'metadata');
  const { value, unknownFields } = prune(body, version.schema.root);
  const defaulted = asObject(withDefaults(value, withoutObjectFields(version.schema.root)));
  return { object: { ...defaulted, apiVersion, kind, metadata }, unknownFields };
}

/** A schema may repeat apiVersion, kind and metadata; they are not for it to default. */
function withoutObjectFields(root: ServedSchema): ServedSchema {
  return {
    ...root,
    properties: without(asObject(root.properties), 'apiVersion', 'kind', 'metadata') as never,
  };
}

type ServedSchema = NonNullable<ServedResource['version']['schema']>['root'];
