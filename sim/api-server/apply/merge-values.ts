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

/** Takes out what the applier no longer claims and nobody else owns. */
export function dropUnclaimed(value: unknown, claims: Claims, shape: MergeShape): unknown {
  if (claims.last.children.size === 0) return value;
  if (Array.isArray(value)) {
    const kept = elementsOf(value, shape.list)?.flatMap(({ element, item }) => {
      const inner = claimsBelow(claims, element);
      return isDropped(inner) ? [] : [dropUnclaimed(item, inner, shape.items)];
    });
    return kept ?? value;
  }
  return isJsonObject(value) ? dropFields(value, claims, shape) : value;
}

function dropFields(object: JsonObject, claims: Claims, shape: MergeShape): JsonObject {
  const kept: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(object)) {
    const inner = claimsBelow(claims, `f:${field}`);
    if (!isDropped(inner)) kept[field] = dropUnclaimed(value, inner, shape.field(field));
  }
  return kept;
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
