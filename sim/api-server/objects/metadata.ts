import { badRequest } from '../status/api-error.ts';
import type { Metadata } from './api-object.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** Types of metav1.ObjectMeta, and how Go's decoder names them in errors. */
const CHECKS = {
  string: (value: unknown) => typeof value === 'string',
  int64: (value: unknown) => Number.isInteger(value),
  'map[string]string': (value: unknown) =>
    isJsonObject(value) && Object.values(value).every(text => typeof text === 'string'),
  '[]string': (value: unknown) =>
    Array.isArray(value) && value.every(text => typeof text === 'string'),
  '[]object': (value: unknown) => Array.isArray(value) && value.every(isJsonObject),
} as const;

const FIELDS: Readonly<Record<string, keyof typeof CHECKS>> = {
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  selfLink: 'string',
  uid: 'string',
  resourceVersion: 'string',
  generation: 'int64',
  creationTimestamp: 'string',
  deletionTimestamp: 'string',
  deletionGracePeriodSeconds: 'int64',
  labels: 'map[string]string',
  annotations: 'map[string]string',
  finalizers: '[]string',
  ownerReferences: '[]object',
  managedFields: '[]object',
};

/** Metadata as the server keeps it, and the paths of fields that it does not know. */
export interface DecodedMetadata {
  readonly metadata: Metadata;
  readonly unknownFields: readonly string[];
}

/** Reads the metadata of an object from outside. Wrong types are refused (400), empty values are dropped. */
export function decodeMetadata(raw: unknown): DecodedMetadata {
  const fields = raw ?? {};
  if (!isJsonObject(fields)) throw wrongType('metadata', 'ObjectMeta');
  const known = Object.entries(fields).filter(([field]) => Object.hasOwn(FIELDS, field));
  for (const [field, value] of known) {
    const type = FIELDS[field] ?? 'string';
    if (value !== null && !CHECKS[type](value)) throw wrongType(`ObjectMeta.${field}`, type);
  }
  return {
    metadata: Object.fromEntries(known.filter(([, value]) => !isEmpty(value))) as never,
    unknownFields: unknownIn(fields),
  };
}

function unknownIn(fields: JsonObject): readonly string[] {
  return Object.keys(fields)
    .filter(field => !Object.hasOwn(FIELDS, field))
    .map(field => `metadata.${field}`);
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isJsonObject(value)) return Object.keys(value).length === 0;
  return value === null || value === '';
}

function wrongType(field: string, type: string): Error {
  return badRequest(
    `the object cannot be handled: json: cannot unmarshal value of another type into Go struct field ${field} of type ${type}`,
  );
}
