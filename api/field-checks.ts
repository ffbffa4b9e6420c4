import type { Violation } from './field-error.ts';
import { parseIntOrPercent } from './int-or-percent.ts';
import { describeJson, isJsonObject } from './json.ts';
import { isDnsSubdomain } from './name-rules.ts';

/** Checks of single fields. Each takes any JSON, returns every violation and passes an absent (undefined or null) value. */

/** Largest int32. */
export const MAX_INT32 = 2 ** 31 - 1;
/** Largest value of an int64 field that JSON numbers carry exactly. */
export const MAX_INT64 = Number.MAX_SAFE_INTEGER;

/** Inclusive limits. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** One violation that says what the value must be and what it is. */
export function mustBe(what: string, value: unknown, path: string): Violation[] {
  const message =
    value == null ? `is required: write ${what}` : `must be ${what}, not ${describeJson(value)}`;
  return [{ path, message, value }];
}

/** A whole JSON number. */
export function checkWholeNumber(value: unknown, path: string, range: Range): Violation[] {
  if (value == null || isWithin(value, range)) return [];
  return mustBe(`a whole number from ${range.min} to ${range.max}`, value, path);
}

/** A whole number written as text, as annotations hold it. */
export function checkWholeNumberText(value: unknown, path: string, range: Range): Violation[] {
  if (value == null) return [];
  if (typeof value === 'string' && /^\d{1,15}$/.test(value) && isWithin(Number(value), range)) {
    return [];
  }
  return mustBe(`a whole number from ${range.min} to ${range.max}`, value, path);
}

/** A count: a whole number of at least 0, as number or text, or a percentage up to 100. */
export function checkCountOrPercent(value: unknown, path: string): Violation[] {
  if (value == null) return [];
  const parsed = parseIntOrPercent(value);
  const max = parsed?.kind === 'percent' ? 100 : MAX_INT32;
  if (parsed !== undefined && isWithin(parsed.value, { min: 0, max })) return [];
  return mustBe('a whole number from 0, or 0% to 100%', value, path);
}

/** One of a few words. */
export function checkOneOf(value: unknown, path: string, allowed: readonly string[]): Violation[] {
  if (value == null || allowed.some(word => word === value)) return [];
  return mustBe(allowed.join(' or '), value, path);
}

/** An object whose members are strings. */
export function checkTextMap(value: unknown, path: string): Violation[] {
  if (value == null) return [];
  if (!isJsonObject(value)) return mustBe('an object', value, path);
  return Object.entries(value).flatMap(([key, text]) =>
    typeof text === 'string' ? [] : mustBe('a string', text, `${path}[${key}]`),
  );
}

/** An object, or nothing. */
export function checkObject(value: unknown, path: string): Violation[] {
  return value == null || isJsonObject(value) ? [] : mustBe('an object', value, path);
}

/** A list; every item goes through `check`. */
export function checkList(
  value: unknown,
  path: string,
  check: (item: unknown, path: string) => Violation[],
): Violation[] {
  if (value == null) return [];
  if (!Array.isArray(value)) return mustBe('a list', value, path);
  return value.flatMap((item: unknown, i) => check(item, `${path}[${i}]`));
}

/** The name of an object such as a Node or a Secret; `what` says of which kind. */
export function checkObjectName(value: unknown, path: string, what: string): Violation[] {
  if (typeof value === 'string' && isDnsSubdomain(value)) return [];
  return mustBe(`the name of a ${what}: lower-case letters, digits, '-' and '.'`, value, path);
}

/** Each repeated item of a list is one violation. */
export function checkUnique(value: unknown, path: string): Violation[] {
  if (!Array.isArray(value)) return [];
  const seen = new Set<unknown>();
  const repeated = new Set<unknown>();
  for (const item of value as readonly unknown[]) {
    if (item != null) (seen.has(item) ? repeated : seen).add(item);
  }
  return [...repeated].map(item => ({
    path,
    message: `must not repeat ${describeJson(item)}`,
    value: item,
  }));
}

function isWithin(value: unknown, { min, max }: Range): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
