import { isJsonObject, type JsonObject } from '../objects/json.ts';
import { fieldSchema, preservesUnknown, type Schema } from './schema.ts';

/** What is left after pruning, and the paths of what is not. */
export interface Pruned {
  readonly value: unknown;
  readonly unknownFields: readonly string[];
}

/** Takes away the fields that `schema` does not know. */
export function prune(value: unknown, schema: Schema): Pruned {
  const unknownFields: string[] = [];
  const pruned = pruneAt(value, schema, { path: '', unknownFields });
  return { value: pruned, unknownFields: unknownFields.sort() };
}

interface Place {
  readonly path: string;
  readonly unknownFields: string[];
}

/** Fields of any object that an `x-kubernetes-embedded-resource` keeps. */
const OBJECT_FIELDS = ['apiVersion', 'kind', 'metadata'];

function pruneAt(value: unknown, schema: Schema, place: Place): unknown {
  if (Array.isArray(value)) return pruneItems(value, schema, place);
  return isJsonObject(value) ? pruneFields(value, schema, place) : value;
}

function pruneItems(items: readonly unknown[], schema: Schema, place: Place): readonly unknown[] {
  const { items: itemSchema } = schema;
  if (itemSchema === undefined) return items;
  const next = items.map((item, i) =>
    pruneAt(item, itemSchema, { ...place, path: `${place.path}[${i}]` }),
  );
  return next.every((item, i) => item === items[i]) ? items : next;
}

function pruneFields(object: JsonObject, schema: Schema, place: Place): JsonObject {
  const kept: Record<string, unknown> = {};
  let changed = false;
  for (const [field, value] of Object.entries(object)) {
    const path = place.path === '' ? field : `${place.path}.${field}`;
    const property = fieldSchema(schema, field);
    if (property !== undefined) {
      kept[field] = pruneAt(value, property, { ...place, path });
      changed ||= kept[field] !== value;
    } else if (keepsUnknown(schema, field)) {
      kept[field] = value;
    } else {
      place.unknownFields.push(path);
      changed = true;
    }
  }
  return changed ? kept : object;
}

function keepsUnknown(schema: Schema, field: string): boolean {
  if (preservesUnknown(schema)) return true;
  return schema['x-kubernetes-embedded-resource'] === true && OBJECT_FIELDS.includes(field);
}
