import type { FieldError, Violation } from './field-error.ts';
import { sameJson } from './json.ts';

/** What a validator found: denials, and warnings for the one who wrote. */
export interface Validation {
  errors: FieldError[];
  warnings: string[];
}

/**
 * Sorts violations into errors and warnings. A violation that the old object already had, at the same path and with the same value,
 * must not stand in the way of an update, so it only warns. Positions in lists do not count: items move.
 */
export function ratchet(
  violations: readonly Violation[],
  before: readonly Violation[] = [],
): Validation {
  const old = new Map<string, Violation[]>();
  for (const violation of before) {
    const place = placeOf(violation);
    old.set(place, [...(old.get(place) ?? []), violation]);
  }
  const stood = (violation: Violation): boolean =>
    (old.get(placeOf(violation)) ?? []).some(({ value }) => sameJson(value, violation.value));
  return {
    errors: violations.filter(violation => !stood(violation)).map(withoutValue),
    warnings: violations.filter(stood).map(({ path, message }) => `${path}: ${message}`),
  };
}

function placeOf({ path }: Violation): string {
  return path.replace(/\[\d+\]/g, '[]');
}

function withoutValue({ path, message }: Violation): FieldError {
  return { path, message };
}
