import type { ApiObject, ManagedFieldsEntry } from '../objects/api-object.ts';
import { asArray, asObject, asString, isJsonObject, without } from '../objects/json.ts';
import {
  difference,
  type FieldSet,
  fromFieldsV1,
  isEmpty,
  NO_FIELDS,
  toFieldsV1,
  union,
} from './field-set.ts';

/** Who writes, and how. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
}

/** The fields of one manager. */
export interface Managed {
  readonly manager: Manager;
  readonly fields: FieldSet;
  readonly time?: string;
}

/** Reads `metadata.managedFields`; entries that make no sense are left out. */
export function managedOf(entries: unknown): readonly Managed[] {
  return asArray(entries).flatMap(raw => {
    const entry = asObject(raw);
    const [name, apiVersion] = [asString(entry['manager']), asString(entry['apiVersion'])];
    if (name === undefined || apiVersion === undefined) return [];
    const subresource = asString(entry['subresource']) ?? '';
    const time = asString(entry['time']);
    return {
      manager: {
        name,
        apiVersion,
        operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
        ...(subresource === '' ? {} : { subresource }),
      },
      fields: fromFieldsV1(entry['fieldsV1']),
      ...(time === undefined ? {} : { time }),
    } satisfies Managed;
  });
}

/** Writes `metadata.managedFields`: appliers first, then by time and name; managers of nothing are left out. */
export function entriesOf(managed: readonly Managed[]): readonly ManagedFieldsEntry[] {
  return managed
    .filter(({ fields }) => !isEmpty(fields))
    .toSorted((a, b) => (sortText(a) < sortText(b) ? -1 : 1))
    .map(({ manager: { name, operation, apiVersion, subresource }, fields, time }) => ({
      manager: name,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
      ...(subresource === undefined ? {} : { subresource }),
    }));
}

const sortText = ({ manager, time = '' }: Managed): string =>
  [manager.operation, time, manager.name, manager.apiVersion].join(' ');

/** True when both are the same row of `managedFields`. */
export function isSameManager(a: Manager, b: Manager): boolean {
  return (
    a.name === b.name &&
    a.operation === b.operation &&
    a.apiVersion === b.apiVersion &&
    a.subresource === b.subresource
  );
}

/** The fields that a manager has. */
export function fieldsOfManager(managed: readonly Managed[], manager: Manager): FieldSet {
  return managed.find(entry => isSameManager(entry.manager, manager))?.fields ?? NO_FIELDS;
}

/** Everything that others than `manager` have. */
export function fieldsOfOthers(managed: readonly Managed[], manager: Manager): FieldSet {
  return managed
    .filter(entry => !isSameManager(entry.manager, manager))
    .reduce((all, { fields }) => union(all, fields), NO_FIELDS);
}

/** Gives `manager` these fields, and takes `lost` from everyone else. The time moves only when something changed. */
export function assignFields(
  managed: readonly Managed[],
  grant: { readonly manager: Manager; readonly fields: FieldSet; readonly time: string },
  lost: FieldSet,
): readonly Managed[] {
  const before = fieldsOfManager(managed, grant.manager);
  const unchanged =
    isEmpty(difference(before, grant.fields)) && isEmpty(difference(grant.fields, before));
  const others = managed
    .filter(entry => !isSameManager(entry.manager, grant.manager))
    .map(entry => ({ ...entry, fields: difference(entry.fields, lost) }));
  const own = managed.find(entry => isSameManager(entry.manager, grant.manager));
  return [...others, unchanged && own !== undefined ? own : grant];
}

/** Metadata that the server sets: it has no owner. */
const SYSTEM_FIELDS = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
];

/** The part of an object that can be owned. */
export function ownablePart(object: ApiObject): Readonly<Record<string, unknown>> {
  const metadata = without(asObject(object.metadata), ...SYSTEM_FIELDS);
  const body = without(object, 'apiVersion', 'kind', 'metadata');
  return isJsonObject(metadata) && Object.keys(metadata).length > 0 ? { ...body, metadata } : body;
}
