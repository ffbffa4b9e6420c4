import { type ApiObject, type Metadata, withMetadata } from '../objects/api-object.ts';
import { asObject } from '../objects/json.ts';
import {
  type FieldSet,
  fieldSet,
  intersection,
  isEmpty,
  NO_FIELDS,
  pathsOf,
  union,
} from './field-set.ts';
import { claimedFields, compare } from './fields-of.ts';
import {
  assignFields,
  entriesOf,
  fieldsOfManager,
  fieldsOfOthers,
  isSameManager,
  type Managed,
  type Manager,
  managedOf,
  ownablePart,
} from './managed-fields.ts';
import type { MergeShape } from './merge-shape.ts';
import { dropUnclaimed, mergeValues } from './merge-values.ts';

/** A field that somebody else owns and the configuration would change. */
export interface ApplyConflict {
  readonly manager: Manager;
  readonly path: string;
}

/** The object to write, or who stands in the way. */
export type ApplyOutcome =
  | { readonly ok: true; readonly object: ApiObject }
  | { readonly ok: false; readonly conflicts: readonly ApplyConflict[] };

/** A server-side apply. */
export interface Application {
  /** Undefined when the object does not exist yet. */
  readonly live: ApiObject | undefined;
  readonly config: ApiObject;
  readonly manager: Manager;
  readonly force: boolean;
  readonly shape: MergeShape;
  readonly time: string;
}

/**
 * Server-side apply: merges the configuration into the live object, takes out what the manager claimed before and claims no longer,
 * and records the claims. A field that another manager owns with a different value is a conflict unless `force`. What is left out
 * of the real thing: unions, versions with different field names, and merging of many `Update` managers into one.
 */
export function applyConfiguration(application: Application): ApplyOutcome {
  const { live, config, manager, shape } = application;
  const managed = managedOf(live?.metadata.managedFields);
  const claim = claimsOf(config, shape);
  const before = live === undefined ? {} : ownablePart(live);
  const merged = mergeValues(before, ownablePart(config), shape);
  const others = managed.filter(entry => !isSameManager(entry.manager, manager));
  const { changed } = compare(before, merged, shape);
  const conflicts = others.flatMap(entry => conflictsWith(entry, changed));
  if (conflicts.length > 0 && !application.force) return { ok: false, conflicts };
  const kept = dropUnclaimed(
    merged,
    {
      last: fieldsOfManager(managed, manager),
      now: claim,
      others: fieldsOfOthers(managed, manager),
    },
    shape,
  );
  const lost = conflicts.length === 0 ? NO_FIELDS : overlaps(others, changed);
  const grant = { manager, fields: claim, time: application.time };
  return { ok: true, object: rebuilt(application, kept, assignFields(managed, grant, lost)) };
}

function claimsOf(config: ApiObject, shape: MergeShape): FieldSet {
  const claimed = claimedFields(ownablePart(config), shape);
  return fieldSet(false, claimed.children);
}

function conflictsWith({ manager, fields }: Managed, changed: FieldSet): readonly ApplyConflict[] {
  return pathsOf(intersection(fields, changed)).map(path => ({ manager, path }));
}

function overlaps(others: readonly Managed[], changed: FieldSet): FieldSet {
  return others
    .map(({ fields }) => intersection(fields, changed))
    .filter(fields => !isEmpty(fields))
    .reduce(union, NO_FIELDS);
}

/** Puts the part that has owners back together with what the server keeps. */
function rebuilt(
  { live, config }: Application,
  ownable: unknown,
  managed: readonly Managed[],
): ApiObject {
  const parts = asObject(ownable);
  const kept = live?.metadata ?? config.metadata;
  const metadata = { ...systemFields(kept), ...asObject(parts['metadata']) };
  const { apiVersion, kind } = config;
  const object = { ...parts, apiVersion, kind, metadata: metadata as unknown as Metadata };
  const { resourceVersion } = config.metadata;
  return withMetadata(object, {
    managedFields: entriesOf(managed),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  });
}

const OWNABLE_METADATA = new Set([
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
  'generateName',
]);

function systemFields(metadata: Metadata): object {
  return Object.fromEntries(
    Object.entries(metadata).filter(([field]) => !OWNABLE_METADATA.has(field)),
  );
}
