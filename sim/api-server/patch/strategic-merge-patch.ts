import { asArray, asObject, deepEqual, isJsonObject, type JsonObject } from '../objects/json.ts';
import { isSetField, mergeKeyOf } from './merge-keys.ts';

const DIRECTIVE = '$patch';
const DELETE_FROM = '$deleteFromPrimitiveList/';
const ORDER = '$setElementOrder/';
const RETAIN_KEYS = '$retainKeys';

/** Applies a strategic merge patch to an object of a built-in kind: as a merge patch, but lists merge by their key. */
export function applyStrategicMergePatch(target: unknown, patch: unknown): unknown {
  return isJsonObject(patch) ? mergeObject(asObject(target), patch) : patch;
}

function mergeObject(target: JsonObject, patch: JsonObject): JsonObject {
  if (patch[DIRECTIVE] === 'delete') return {};
  const replaces = patch[DIRECTIVE] === 'replace';
  const result: Record<string, unknown> = replaces ? {} : retained(target, patch);
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith('$')) continue;
    if (value === null) delete result[field];
    else result[field] = mergeField(field, result[field], value);
  }
  for (const [directive, value] of Object.entries(patch)) {
    applyListDirective(result, directive, asArray(value));
  }
  return result;
}

/** `$retainKeys` names the fields that may stay, for unions such as a deployment's strategy. */
function retained(target: JsonObject, patch: JsonObject): Record<string, unknown> {
  const keys = patch[RETAIN_KEYS];
  if (!Array.isArray(keys)) return { ...target };
  return Object.fromEntries(Object.entries(target).filter(([field]) => keys.includes(field)));
}

function mergeField(field: string, target: unknown, patch: unknown): unknown {
  if (isJsonObject(patch)) return mergeObject(asObject(target), patch);
  return Array.isArray(patch) ? mergeList(field, asArray(target), patch) : patch;
}

function mergeList(
  field: string,
  target: readonly unknown[],
  patch: readonly unknown[],
): readonly unknown[] {
  const key = mergeKeyOf(field, [...target, ...patch]);
  if (key !== undefined) return mergeItems(target, patch, key);
  if (!isSetField(field)) return patch;
  return [...target, ...patch.filter(item => !target.includes(item))];
}

function mergeItems(
  target: readonly unknown[],
  patch: readonly unknown[],
  key: string,
): readonly unknown[] {
  const directives = patch.map(asObject);
  if (directives.some(item => item[DIRECTIVE] === 'replace')) {
    return directives.filter(item => item[DIRECTIVE] === undefined);
  }
  let result = [...target];
  for (const item of directives) {
    const at = result.findIndex(other => deepEqual(asObject(other)[key], item[key]));
    if (item[DIRECTIVE] === 'delete') result = at < 0 ? result : result.toSpliced(at, 1);
    else if (at < 0) result.push(mergeObject({}, item));
    else result[at] = mergeObject(asObject(result[at]), item);
  }
  return result;
}

function applyListDirective(
  result: Record<string, unknown>,
  directive: string,
  values: readonly unknown[],
): void {
  if (directive.startsWith(DELETE_FROM)) {
    const field = directive.slice(DELETE_FROM.length);
    result[field] = asArray(result[field]).filter(item => !values.includes(item));
  }
  if (directive.startsWith(ORDER)) {
    const field = directive.slice(ORDER.length);
    const items = result[field];
    if (Array.isArray(items)) result[field] = inOrder(field, items, values);
  }
}

/** Items named in `order` come in that order; the others keep their places after them. */
function inOrder(
  field: string,
  items: readonly unknown[],
  order: readonly unknown[],
): readonly unknown[] {
  const key = mergeKeyOf(field, items);
  const identity = (item: unknown): unknown => (key === undefined ? item : asObject(item)[key]);
  const rank = (item: unknown): number => {
    const at = order.findIndex(entry => deepEqual(identity(entry), identity(item)));
    return at < 0 ? order.length : at;
  };
  return items.toSorted((a, b) => rank(a) - rank(b));
}
