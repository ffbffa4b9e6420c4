import { checkList, mustBe } from './field-checks.ts';
import type { Violation } from './field-error.ts';
import { isJsonObject, memberAt } from './json.ts';
import {
  LABEL_SELECTOR_OPERATORS,
  type LabelSelector,
  type LabelSelectorRequirement,
} from './meta.ts';
import { isLabelKey, isLabelValue } from './name-rules.ts';

/** Labels of an object. */
export type Labels = Readonly<Record<string, string>> | undefined;

/** True when every part of `selector` holds; an empty selector matches everything (metav1.LabelSelector). */
export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (labelOf(labels, key) !== value) return false;
  }
  return (selector.matchExpressions ?? []).every(requirement => meets(requirement, labels));
}

/** True when `selector` has no part, so that it matches everything. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return (
    Object.keys(selector.matchLabels ?? {}).length === 0 &&
    (selector.matchExpressions ?? []).length === 0
  );
}

/** `selector` as kubectl writes it: `a=b,c in (d,e),!f`. */
export function labelSelectorToString(selector: LabelSelector): string {
  const labels = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  );
  return [...labels, ...(selector.matchExpressions ?? []).map(requirementToString)].join(',');
}

/** Every rule that a would-be LabelSelector at `path` breaks; any JSON is fine. */
export function validateLabelSelector(value: unknown, path: string): Violation[] {
  if (value == null) return [];
  if (!isJsonObject(value)) return mustBe('an object', value, path);
  return [
    ...labelsViolations(memberAt(value, 'matchLabels'), `${path}.matchLabels`),
    ...checkList(
      memberAt(value, 'matchExpressions'),
      `${path}.matchExpressions`,
      requirementViolations,
    ),
  ];
}

function labelOf(labels: Labels, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function meets({ key, operator, values }: LabelSelectorRequirement, labels: Labels): boolean {
  const label = labelOf(labels, key);
  const listed = label !== undefined && (values ?? []).includes(label);
  switch (operator) {
    case 'In':
      return listed;
    case 'NotIn':
      return !listed;
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    default:
      // Outside data may carry an operator of tomorrow; matching nothing touches no node.
      return false;
  }
}

function requirementToString({ key, operator, values }: LabelSelectorRequirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator.toLowerCase()} (${(values ?? []).join(',')})`;
}

function labelsViolations(value: unknown, path: string): Violation[] {
  if (value === undefined) return [];
  if (!isJsonObject(value)) return mustBe('an object of labels', value, path);
  return Object.entries(value).flatMap(([key, label]) => [
    ...keyViolations(key, `${path}[${key}]`),
    ...valueViolations(label, `${path}[${key}]`),
  ]);
}

function requirementViolations(value: unknown, path: string): Violation[] {
  if (!isJsonObject(value)) return mustBe('an object with key and operator', value, path);
  const operator = memberAt(value, 'operator');
  const known = LABEL_SELECTOR_OPERATORS.find(candidate => candidate === operator);
  return [
    ...keyViolations(memberAt(value, 'key'), `${path}.key`),
    ...(known === undefined
      ? mustBe(`one of ${LABEL_SELECTOR_OPERATORS.join(', ')}`, operator, `${path}.operator`)
      : valuesViolations(memberAt(value, 'values'), known, `${path}.values`)),
  ];
}

function valuesViolations(
  value: unknown,
  operator: LabelSelectorRequirement['operator'],
  path: string,
): Violation[] {
  const values: unknown = value ?? [];
  if (!Array.isArray(values)) return mustBe('a list of label values', value, path);
  const wantsValues = operator === 'In' || operator === 'NotIn';
  if (wantsValues && values.length === 0) {
    return [{ path, message: `must name at least one value for operator ${operator}`, value }];
  }
  if (!wantsValues && values.length > 0) {
    return [{ path, message: `must be left out for operator ${operator}`, value }];
  }
  return checkList(values, path, valueViolations);
}

function keyViolations(value: unknown, path: string): Violation[] {
  if (typeof value === 'string' && isLabelKey(value)) return [];
  return mustBe("a label key such as 'app' or 'example.com/app'", value, path);
}

function valueViolations(value: unknown, path: string): Violation[] {
  if (typeof value === 'string' && isLabelValue(value)) return [];
  const what = "a label value: at most 63 letters, digits, '-', '_' and '.', as a string";
  return mustBe(what, value, path);
}
