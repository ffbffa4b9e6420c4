import { type ApiObject, withMetadata } from '../objects/api-object.ts';
import { deepEqual } from '../objects/json.ts';
import { difference, type FieldSet, fieldSet, union } from './field-set.ts';
import { compare } from './fields-of.ts';
import {
  assignFields,
  entriesOf,
  fieldsOfManager,
  type Manager,
  managedOf,
  ownablePart,
} from './managed-fields.ts';
import type { MergeShape } from './merge-shape.ts';

/** A write and what is needed to record who made it. */
export interface TrackedWrite {
  /** Undefined on create. */
  readonly before?: ApiObject | undefined;
  readonly after: ApiObject;
  readonly manager: Manager;
  readonly shape: MergeShape;
  readonly time: string;
}

/**
 * Records in `metadata.managedFields` that an ordinary write set what it changed. A writer may also replace the list itself, as
 * kubectl does when it moves an object from client-side to server-side apply.
 */
export function trackUpdate({ before, after, manager, shape, time }: TrackedWrite): ApiObject {
  const live = before?.metadata.managedFields;
  const given = after.metadata.managedFields;
  const managed = managedOf(given === undefined || given.length === 0 ? live : given);
  // Who has emptied the list wants no records; the next apply begins them anew.
  if (before !== undefined && managed.length === 0) return withEntries(after, []);
  const old = before === undefined ? {} : ownablePart(before);
  const next = ownablePart(after);
  if (deepEqual(old, next)) return withEntries(after, entriesOf(managed));
  const { changed, removed } = compare(old, next, shape);
  const own = fieldsOfManager(managed, manager);
  const fields = union(difference(own, removed), withoutMetadataRoot(changed));
  const assigned = assignFields(managed, { manager, fields, time }, union(changed, removed));
  return withEntries(after, entriesOf(assigned));
}

/** Nobody owns `metadata` itself, only fields in it. */
function withoutMetadataRoot(fields: FieldSet): FieldSet {
  return fieldSet(
    false,
    [...fields.children].map(([element, inner]) => [
      element,
      element === 'f:metadata' ? { ...inner, member: false } : inner,
    ]),
  );
}

function withEntries(object: ApiObject, entries: ReturnType<typeof entriesOf>): ApiObject {
  return withMetadata(object, { managedFields: entries.length === 0 ? undefined : entries });
}
