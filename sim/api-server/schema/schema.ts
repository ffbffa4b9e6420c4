import { asObject, asStrings, isJsonObject, type JsonObject } from '../objects/json.ts';

/**
 * A node of a structural schema (apiextensions JSONSchemaProps). Only what the server acts on is named.
 * `x-kubernetes-validations` (CEL) is stored and published but not evaluated; see docs/adr/0006-embedded-cluster.md.
 */
export interface Schema extends JsonObject {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
}

/** Takes any JSON as a schema; keywords of the wrong type are as if they were absent. */
export function schemaFrom(value: unknown): Schema {
  return asObject(value) as Schema;
}

/** The schema of a field of `schema`; undefined when the field is unknown. */
export function fieldSchema(schema: Schema, field: string): Schema | undefined {
  const { properties, additionalProperties } = schema;
  if (isJsonObject(properties) && Object.hasOwn(properties, field)) {
    return schemaFrom(properties[field]);
  }
  if (additionalProperties === true) return PRESERVING;
  return isJsonObject(additionalProperties) ? additionalProperties : undefined;
}

/** A schema that knows nothing and keeps everything. */
export const PRESERVING: Schema = { 'x-kubernetes-preserve-unknown-fields': true };

/** True when fields that the schema does not name are kept. */
export function preservesUnknown(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true;
}

/** Keys that tell items of an `x-kubernetes-list-type: map` apart. */
export function listMapKeys(schema: Schema): readonly string[] {
  return asStrings(schema['x-kubernetes-list-map-keys']);
}
