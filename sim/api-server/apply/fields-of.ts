import { isJsonObject } from '../objects/json.ts';
import { type FieldSet, fieldSet, LEAF, NO_FIELDS } from './field-set.ts';
import { elementsOf, type MergeShape } from './merge-shape.ts';

/** One step into a value: the element of the step, what is there, and its shape. */
interface Step {
  readonly element: string;
  readonly value: unknown;
  readonly shape: MergeShape;
}

/** The parts of a value that can have owners of their own; undefined when it is owned as a whole. */
function stepsInto(value: unknown, shape: MergeShape): readonly Step[] | undefined {
  if (Array.isArray(value)) {
    return elementsOf(value, shape.list)?.map(({ element, item }) => ({
      element,
      value: item,
      shape: shape.items,
    }));
  }
  if (!isJsonObject(value) || shape.atomicMap) return undefined;
  return Object.entries(value).map(([field, inner]) => ({
    element: `f:${field}`,
    value: inner,
    shape: shape.field(field),
  }));
}

/** Every path of a value, containers included: what somebody who made it changed. */
export function everyField(value: unknown, shape: MergeShape): FieldSet {
  const steps = stepsInto(value, shape) ?? [];
  return fieldSet(
    true,
    steps.map(step => [step.element, everyField(step.value, step.shape)]),
  );
}

/** The paths that an applied configuration claims: leaves and list items, but not the maps around them. */
export function claimedFields(value: unknown, shape: MergeShape, isItem = false): FieldSet {
  const steps = stepsInto(value, shape);
  if (steps === undefined || steps.length === 0) return LEAF;
  return fieldSet(
    isItem,
    steps.map(step => [
      step.element,
      claimedFields(step.value, step.shape, !step.element.startsWith('f:')),
    ]),
  );
}

/** What changed between two states of an object. */
export interface Comparison {
  /** Added or modified. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

const SAME: Comparison = { changed: NO_FIELDS, removed: NO_FIELDS };

/** Compares two values of one place, part by part. */
export function compare(before: unknown, after: unknown, shape: MergeShape): Comparison {
  if (before === after) return SAME;
  if (before === undefined) return { changed: everyField(after, shape), removed: NO_FIELDS };
  if (after === undefined) return { changed: NO_FIELDS, removed: everyField(before, shape) };
  const [old, next] = [stepsInto(before, shape), stepsInto(after, shape)];
  if (old !== undefined && next !== undefined) return compareParts(old, next);
  if (old === undefined && next === undefined) {
    const equal = JSON.stringify(before) === JSON.stringify(after);
    return equal ? SAME : { changed: LEAF, removed: NO_FIELDS };
  }
  return { changed: everyField(after, shape), removed: everyField(before, shape) };
}

function compareParts(old: readonly Step[], next: readonly Step[]): Comparison {
  const before = new Map(old.map(step => [step.element, step]));
  const after = new Map(next.map(step => [step.element, step]));
  const parts = [...new Set([...before.keys(), ...after.keys()])].map(element => {
    const [was, is] = [before.get(element), after.get(element)];
    const shape = (is ?? was)?.shape;
    const result = shape === undefined ? SAME : compare(was?.value, is?.value, shape);
    return { element, result };
  });
  return {
    changed: fieldSet(
      false,
      parts.map(({ element, result }) => [element, result.changed]),
    ),
    removed: fieldSet(
      false,
      parts.map(({ element, result }) => [element, result.removed]),
    ),
  };
}
