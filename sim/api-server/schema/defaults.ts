import { isJsonObject, type JsonObject } from '../objects/json.ts';
import { fieldSchema, type Schema } from './schema.ts';

/**
 * `value` with the defaults of `schema` filled in, at every depth that exists. A null of a field that is not nullable counts as
 * absent when it has a default (apiextensions structural defaulting). The same value comes back when nothing changes.
 */
export function withDefaults(value: unknown, schema: Schema): unknown {
  if (Array.isArray(value)) return defaultItems(value, schema);
  return isJsonObject(value) ? defaultFields(value, schema) : value;
}

function defaultItems(items: readonly unknown[], schema: Schema): readonly unknown[] {
  const { items: itemSchema } = schema;
  if (itemSchema === undefined) return items;
  const next = items.map(item => withDefaults(item, itemSchema));
  return next.every((item, i) => item === items[i]) ? items : next;
}

function defaultFields(object: JsonObject, schema: Schema): JsonObject {
  const changes: Record<string, unknown> = {};
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    if (property.default !== undefined && isMissing(object, field, property)) {
      changes[field] = withDefaults(property.default, property);
    }
  }
  for (const [field, value] of Object.entries(object)) {
    if (field in changes) continue;
    const property = fieldSchema(schema, field);
    const next = property === undefined ? value : withDefaults(value, property);
    if (next !== value) changes[field] = next;
  }
  return Object.keys(changes).length === 0 ? object : { ...object, ...changes };
}

function isMissing(object: JsonObject, field: string, { nullable }: Schema): boolean {
  return object[field] === undefined || (object[field] === null && nullable !== true);
}
