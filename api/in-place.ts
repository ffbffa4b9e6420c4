import { isJsonObject, type JsonObject, keysOfBoth, memberAt } from './json.ts';

/** Whether pods can take an update without being recreated, or the first field that forbids it. */
export type InPlaceVerdict =
  | { readonly possible: true }
  | { readonly possible: false; readonly path: string };

const TEMPLATE = 'spec.template';
/** A pod template is never this deep; the stack of a hostile one would be. */
const MAX_DEPTH = 100;

/**
 * Compares two pod templates as the peer's in-place engine does: only images of containers and the template's metadata may differ.
 * Absent, null and empty values are equal, because revisions written by typed clients spell out empty ones. Reads any JSON.
 */
export function inPlacePossible(from: unknown, to: unknown): InPlaceVerdict {
  if (!isJsonObject(from) || !isJsonObject(to)) return { possible: false, path: TEMPLATE };
  const difference = firstDifference(fixedPart(from), fixedPart(to), 0);
  return difference === undefined
    ? { possible: true }
    : { possible: false, path: `${TEMPLATE}${difference}` };
}

/** Whether two pod templates say the same, whoever wrote them. Reads any JSON. */
export function isSameTemplate(a: unknown, b: unknown): boolean {
  return firstDifference(a, b, 0) === undefined;
}

/** The template without its metadata, and with a mark in place of each container's image: it may change, not come or go. */
function fixedPart(template: JsonObject): JsonObject {
  const { metadata: _metadata, ...rest } = template;
  const spec = memberAt(rest, 'spec');
  const containers = memberAt(spec, 'containers');
  if (!isJsonObject(spec) || !Array.isArray(containers)) return rest;
  return { ...rest, spec: { ...spec, containers: containers.map(withoutImage) } };
}

function withoutImage(container: unknown): unknown {
  const image = memberAt(container, 'image');
  return isJsonObject(container) && image !== undefined
    ? { ...container, image: 'any' }
    : container;
}

/** Where two values differ first, as what follows their own path: '' for themselves. */
function firstDifference(a: unknown, b: unknown, depth: number): string | undefined {
  if (a === b) return undefined;
  if (depth > MAX_DEPTH) return '';
  if (Array.isArray(a) && Array.isArray(b)) return firstItemDifference(a, b, depth);
  if (isJsonObject(a) && isJsonObject(b)) return firstMemberDifference(a, b, depth);
  const left = isEmpty(a) ? {} : a;
  const right = isEmpty(b) ? {} : b;
  if (!isJsonObject(left) || !isJsonObject(right)) return '';
  return firstMemberDifference(left, right, depth);
}

function firstItemDifference(
  a: readonly unknown[],
  b: readonly unknown[],
  depth: number,
): string | undefined {
  if (a.length !== b.length) return '';
  for (const [i, item] of a.entries()) {
    const found = firstDifference(item, b[i], depth + 1);
    if (found !== undefined) return `[${i}]${found}`;
  }
  return undefined;
}

function firstMemberDifference(a: JsonObject, b: JsonObject, depth: number): string | undefined {
  for (const key of keysOfBoth(a, b)) {
    const found = firstDifference(memberAt(a, key), memberAt(b, key), depth + 1);
    if (found !== undefined) return `.${key}${found}`;
  }
  return undefined;
}

function isEmpty(value: unknown): boolean {
  if (value == null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
