import { asObject, isJsonObject, type JsonObject } from '../objects/json.ts';

/**
 * A set of field paths as a tree, as `managedFields[].fieldsV1` writes it. Elements are `f:name` (a field), `k:{…}` (an item of a
 * list map) and `v:…` (an item of a set). Immutable.
 */
export interface FieldSet {
  /** True when the path that leads here is in the set itself. */
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const NO_FIELDS: FieldSet = { member: false, children: new Map() };
/** A path in the set with nothing below it. */
export const LEAF: FieldSet = { member: true, children: new Map() };

/** Builds a set; children that hold nothing are left out. */
export function fieldSet(
  member: boolean,
  children: Iterable<readonly [string, FieldSet]> = [],
): FieldSet {
  return { member, children: new Map([...children].filter(([, child]) => !isEmpty(child))) };
}

/** True when no path is in the set. */
export function isEmpty(set: FieldSet): boolean {
  return !set.member && set.children.size === 0;
}

/** Paths in either. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return combined(a, b, { member: a.member || b.member, inner: union });
}

/** Paths of `a` that are not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b)) return a;
  return combined(a, b, { member: a.member && !b.member, inner: difference });
}

/** Paths in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combined(a, b, { member: a.member && b.member, inner: intersection });
}

function combined(
  a: FieldSet,
  b: FieldSet,
  rule: { readonly member: boolean; readonly inner: (a: FieldSet, b: FieldSet) => FieldSet },
): FieldSet {
  const elements = new Set([...a.children.keys(), ...b.children.keys()]);
  const children = [...elements].map(
    element => [element, rule.inner(child(a, element), child(b, element))] as const,
  );
  return fieldSet(rule.member, children);
}

/** What the set holds below one element. */
export function child(set: FieldSet, element: string): FieldSet {
  return set.children.get(element) ?? NO_FIELDS;
}

/** The tree as `fieldsV1` writes it: a leaf is `{}`, a path that also has children is marked with `.`. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const self = set.member && set.children.size > 0 ? { '.': {} } : {};
  const entries = [...set.children].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...self,
    ...Object.fromEntries(entries.map(([element, inner]) => [element, toFieldsV1(inner)])),
  };
}

/** Reads `fieldsV1`. */
export function fromFieldsV1(fields: unknown, isRoot = true): FieldSet {
  const entries = Object.entries(isJsonObject(fields) ? fields : {});
  const member = !isRoot && (entries.length === 0 || entries.some(([key]) => key === '.'));
  const children = entries.filter(([key]) => key !== '.');
  return fieldSet(
    member,
    children.map(([key, value]) => [key, fromFieldsV1(value, false)]),
  );
}

/** Every path of the set as people read it: `.spec.items[name="a"].value`. */
export function pathsOf(set: FieldSet, prefix = ''): readonly string[] {
  const below = [...set.children].flatMap(([element, inner]) =>
    pathsOf(inner, prefix + shown(element)),
  );
  return set.member ? [prefix, ...below] : below;
}

function shown(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const keys = Object.entries(itemKeys(rest));
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}

/** Managed fields can be written by clients, so an element may be anything. */
function itemKeys(text: string): JsonObject {
  try {
    return asObject(JSON.parse(text));
  } catch {
    // Shown as an item without keys.
    return {};
  }
}
