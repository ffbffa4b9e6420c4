import { isJsonObject, type JsonObject } from '../objects/json.ts';
import { child, type FieldSet, isEmpty, NO_FIELDS } from './field-set.ts';
import { elementsOf, type MergeShape } from './merge-shape.ts';

/** `live` with everything that `config` says; what it does not mention stays. */
export function mergeValues(live: unknown, config: unknown, shape: MergeShape): unknown {
  if (Array.isArray(config)) return mergeLists(live, config, shape);
  if (!isJsonObject(config) || !isJsonObject(live) || shape.atomicMap) return config;
  const merged: Record<string, unknown> = { ...live };
  for (const [field, value] of Object.entries(config)) {
    merged[field] = mergeValues(live[field], value, shape.field(field));
  }
  return merged;
}

/** Live items keep their places, new ones come after them in the order of the configuration. */
function mergeLists(
  live: unknown,
  config: readonly unknown[],
  shape: MergeShape,
): readonly unknown[] {
  const current = Array.isArray(live) ? elementsOf(live, shape.list) : undefined;
  const wanted = elementsOf(config, shape.list);
  if (current === undefined || wanted === undefined) return config;
  const merged = new Map(current.map(({ element, item }) => [element, item]));
  for (const { element, item } of wanted) {
    merged.set(element, mergeValues(merged.get(element), item, shape.items));
  }
  return [...merged.values()];
}

/** Whose fields decide what is taken out. */
export interface Claims {
  /** What the applier claimed last time. */
  readonly last: FieldSet;
  /** What it claims now. */
  readonly now: FieldSet;
  /** What anybody else owns. */
  readonly others: FieldSet;
}

/**
 * Takes out what the applier no longer claims and nobody else owns. A list or map that loses its last part this way goes too
 * (undefined).
 */
export function dropUnclaimed(value: unknown, claims: Claims, shape: MergeShape): unknown {
  if (claims.last.children.size === 0) return value;
  if (Array.isArray(value)) return dropItems(value, claims, shape);
  return isJsonObject(value) ? dropFields(value, claims, shape) : value;
}

function dropItems(
  items: readonly unknown[],
  claims: Claims,
  shape: MergeShape,
): readonly unknown[] | undefined {
  const elements = elementsOf(items, shape.list);
  if (elements === undefined) return items;
  const kept = elements.flatMap(({ element, item }) => {
    const inner = claimsBelow(claims, element);
    const value = isDropped(inner) ? undefined : dropUnclaimed(item, inner, shape.items);
    return value === undefined ? [] : [value];
  });
  return kept.length === 0 && items.length > 0 ? undefined : kept;
}

function dropFields(object: JsonObject, claims: Claims, shape: MergeShape): JsonObject | undefined {
  const kept: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(object)) {
    const inner = claimsBelow(claims, `f:${field}`);
    if (isDropped(inner)) continue;
    const rest = dropUnclaimed(value, inner, shape.field(field));
    if (rest !== undefined) kept[field] = rest;
  }
  const lostAll = Object.keys(kept).length === 0 && Object.keys(object).length > 0;
  return lostAll ? undefined : kept;
}

function claimsBelow({ last, now, others }: Claims, element: string): Claims {
  return {
    last: child(last, element),
    now: now === NO_FIELDS ? now : child(now, element),
    others: child(others, element),
  };
}

function isDropped({ last, now, others }: Claims): boolean {
  return last.member && isEmpty(now) && isEmpty(others);
}
