import type { ObjectMeta } from '../../../api/meta.ts';
import type { JsonObject } from './json.ts';

/** Who set which fields (metav1.ManagedFieldsEntry). */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: JsonObject;
  readonly subresource?: string;
}

/** Metadata as the server keeps it. */
export interface Metadata extends ObjectMeta {
  readonly deletionGracePeriodSeconds?: number;
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

/** An object in the store or on its way there. Immutable: a change is a new object. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

/** A copy of `object` with some metadata replaced; undefined takes a field away. */
export function withMetadata(
  object: ApiObject,
  changes: { readonly [K in keyof Metadata]?: Metadata[K] | undefined },
): ApiObject {
  const metadata: Record<string, unknown> = { ...object.metadata, ...changes };
  for (const key of Object.keys(changes)) if (metadata[key] === undefined) delete metadata[key];
  return { ...object, metadata: metadata as unknown as Metadata };
}

/** A copy of `object` without some top-level fields. */
export function withoutFields(object: ApiObject, ...fields: readonly string[]): ApiObject {
  const copy: Record<string, unknown> = { ...object };
  for (const field of fields) delete copy[field];
  return copy as ApiObject;
}

/** `object` with a top-level field set, or taken away when `value` is undefined. */
export function withField(object: ApiObject, field: string, value: unknown): ApiObject {
  return value === undefined ? withoutFields(object, field) : { ...object, [field]: value };
}

/** `object` as another served version of its kind shows it: conversion is `None`, so only the label changes. */
export function inVersion(object: ApiObject, apiVersion: string): ApiObject {
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}
