import { isJsonObject, type JsonObject } from '../objects/json.ts';
import { FORMATS } from './formats.ts';
import type { Schema } from './schema.ts';

/** Keywords that mean the same in OpenAPI v3.0 and in JSON Schema. */
const SAME = [
  'type',
  'maximum',
  'minimum',
  'multipleOf',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'maxProperties',
  'minProperties',
  'required',
] as const;
const NESTED = ['items', 'additionalProperties', 'not'] as const;
const NESTED_MAPS = ['properties'] as const;
const NESTED_LISTS = ['allOf', 'anyOf', 'oneOf'] as const;

/** The JSON Schema that says what a structural schema says about values. */
export function toJsonSchema(schema: Schema): JsonObject {
  const result: Record<string, unknown> = {};
  for (const keyword of SAME) if (schema[keyword] !== undefined) result[keyword] = schema[keyword];
  copyNested(schema, result);
  copyExclusiveBounds(schema, result);
  if (typeof schema['format'] === 'string' && schema['format'] in FORMATS) {
    result['format'] = schema['format'];
  }
  if (schema['x-kubernetes-int-or-string'] === true) result['type'] = ['integer', 'string'];
  if (Array.isArray(schema['enum'])) result['enum'] = schema['enum'];
  if (schema.nullable === true) allowNull(result);
  return result;
}

function copyNested(schema: Schema, result: Record<string, unknown>): void {
  for (const keyword of NESTED) {
    const value = schema[keyword];
    if (value !== undefined) result[keyword] = nested(value);
  }
  for (const keyword of NESTED_MAPS) {
    const value = schema[keyword];
    if (!isJsonObject(value)) continue;
    result[keyword] = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, nested(v)]));
  }
  for (const keyword of NESTED_LISTS) {
    const value = schema[keyword];
    if (Array.isArray(value)) result[keyword] = value.map(nested);
  }
}

function nested(value: unknown): unknown {
  return isJsonObject(value) ? toJsonSchema(value) : value;
}

/** OpenAPI v3.0 marks a bound as exclusive with a boolean beside it. */
function copyExclusiveBounds(schema: Schema, result: Record<string, unknown>): void {
  if (schema['exclusiveMaximum'] === true) {
    result['exclusiveMaximum'] = result['maximum'];
    delete result['maximum'];
  }
  if (schema['exclusiveMinimum'] === true) {
    result['exclusiveMinimum'] = result['minimum'];
    delete result['minimum'];
  }
}

function allowNull(result: Record<string, unknown>): void {
  const { type, enum: values } = result;
  if (type !== undefined) result['type'] = [...(Array.isArray(type) ? type : [type]), 'null'];
  if (Array.isArray(values)) result['enum'] = [...values, null];
}
