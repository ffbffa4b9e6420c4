/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper values count as different: Kubernetes objects are shallow, and a hostile one must not exhaust the stack. */
const MAX_DEPTH = 100;

/** True for `{…}`: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of own properties; undefined when a step is missing or null, for Kubernetes reads null as absent. */
export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (!isJsonObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current ?? undefined;
}

/** True when two JSON values are equal, key order aside; a null member equals an absent one. */
export function sameJson(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b || (a == null && b == null)) return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(a) && Array.isArray(b)) return sameList(a, b, depth);
  return isJsonObject(a) && isJsonObject(b) && sameMembers(a, b, depth);
}

function sameList(a: readonly unknown[], b: readonly unknown[], depth: number): boolean {
  return a.length === b.length && a.every((item, i) => sameJson(item, b[i], depth + 1));
}

function sameMembers(a: JsonObject, b: JsonObject, depth: number): boolean {
  for (const key of keysOfBoth(a, b)) {
    if (!sameJson(memberAt(a, key), memberAt(b, key), depth + 1)) return false;
  }
  return true;
}

/** Every key of either object, once. */
export function keysOfBoth(a: JsonObject, b: JsonObject): readonly string[] {
  const keys = Object.keys(a);
  for (const key of Object.keys(b)) if (!Object.hasOwn(a, key)) keys.push(key);
  return keys;
}

/** Names a value in a message: scalars as JSON, cut to a readable length; the rest by its type. */
export function describeJson(value: unknown): string {
  if (value == null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}
