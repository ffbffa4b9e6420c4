import { isJsonObject, type JsonObject } from '../../../api/json.ts';

/** JSON trees as they come from `JSON.parse`: never changed in place once they are in the store. */

export { isJsonObject, type JsonObject };

/** `value` when it is an object, otherwise an empty one. */
export function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** `value` when it is an array, otherwise an empty one. */
export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `value` when it is a string. */
export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** `value` when it is a number. */
export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Strings of a list; anything else in it is left out. */
export function asStrings(value: unknown): readonly string[] {
  return asArray(value).filter(item => typeof item === 'string');
}

/** Compares two JSON trees; the order of keys does not count. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => deepEqual(item, b[i]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(key => Object.hasOwn(b, key) && deepEqual(a[key], b[key]));
}

/** The value at a path of keys and indexes. */
export function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let current = root;
  for (const step of path) {
    if (Array.isArray(current)) current = current[Number(step)];
    else if (isJsonObject(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
}

/** A copy of `root` with `value` at a path of keys; objects on the way are made as needed. */
export function withValueAt(
  root: unknown,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key = '', ...rest] = path;
  const copy: Record<string, unknown> = { ...asObject(root) };
  copy[key] = rest.length === 0 ? value : withValueAt(copy[key], rest, value);
  return copy;
}

/** A copy of `object` without the named keys. */
export function without(object: JsonObject, ...keys: readonly string[]): Record<string, unknown> {
  const copy = { ...object };
  for (const key of keys) delete copy[key];
  return copy;
}

/** JSON with sorted keys: equal trees give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isJsonObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
