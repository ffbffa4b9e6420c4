import { isJsonObject, type JsonObject } from '../objects/json.ts';
import { fieldSchema, PRESERVING, type Schema } from './schema.ts';

/**
 * `value` with the defaults of `schema` filled in, at every depth that exists. A null of a field that is not nullable counts as
 * absent (apiextensions structural defaulting). The same value comes back when nothing changes.
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
  const result: Record<string, unknown> = {};
  let changed = false;
  for (const [field, value] of Object.entries(object)) {
    const property = fieldSchema(schema, field);
    const next = property === undefined ? value : presentValue(value, property);
    if (next !== undefined) result[field] = next;
    changed ||= next !== value;
  }
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    if (property.default === undefined || result[field] !== undefined) continue;
    result[field] = withDefaults(property.default, property);
    changed = true;
  }
  return changed ? result : object;
}

/** Undefined for a null that the schema does not allow. What an open schema holds is left alone. */
function presentValue(value: unknown, property: Schema): unknown {
  const isDropped = value === null && property.nullable !== true && property !== PRESERVING;
  return isDropped ? undefined : withDefaults(value, property);
}
