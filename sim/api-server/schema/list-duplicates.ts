import { asObject, canonicalJson, isJsonObject } from '../objects/json.ts';
import { duplicateValue, type FieldCause } from '../status/field-cause.ts';
import { fieldSchema, listMapKeys, type Schema } from './schema.ts';

/** Items that stand twice in a list of type `set` or `map`, which JSON Schema cannot say. */
export function duplicateItems(value: unknown, schema: Schema, path = ''): readonly FieldCause[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    const nested =
      items === undefined
        ? []
        : value.flatMap((item, i) => duplicateItems(item, items, `${path}[${i}]`));
    return [...duplicatesHere(value, schema, path), ...nested];
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([field, inner]) => {
    const property = fieldSchema(schema, field);
    if (property === undefined) return [];
    return duplicateItems(inner, property, path === '' ? field : `${path}.${field}`);
  });
}

function duplicatesHere(
  items: readonly unknown[],
  schema: Schema,
  path: string,
): readonly FieldCause[] {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return [];
  const keys = listMapKeys(schema);
  const seen = new Set<string>();
  return items.flatMap((item, i) => {
    const identity =
      type === 'set'
        ? item
        : Object.fromEntries(
            keys.map(key => [key, asObject(item)[key]] as const).filter(([, v]) => v !== undefined),
          );
    const text = canonicalJson(identity);
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    return [duplicateValue(`${path}[${i}]`, identity)];
  });
}
