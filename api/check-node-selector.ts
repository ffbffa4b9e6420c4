import { checkList, checkObject, checkObjectName, checkUnique } from './field-checks.ts';
import type { Violation } from './field-error.ts';
import { isJsonObject, type JsonObject, memberAt, sameJson } from './json.ts';
import { isEmptySelector, validateLabelSelector } from './label-selector.ts';

/** Rules of `spec.selector` and `spec.podSelector`: at most one of them, and within `selector` names or labels. */
export function checkNodeSelector(spec: JsonObject): Violation[] {
  const selector = memberAt(spec, 'selector');
  const podSelector = memberAt(spec, 'podSelector');
  return [
    ...exclusive(selector, podSelector),
    ...checkObject(selector, 'spec.selector'),
    ...namesOrLabels(selector),
    ...checkNames(memberAt(selector, 'names')),
    ...(isJsonObject(selector) ? validateLabelSelector(selector, 'spec.selector') : []),
    ...validateLabelSelector(podSelector, 'spec.podSelector'),
  ];
}

/** Says that an empty selector means every node, unless it stood there before (W5, W6). */
export function selectorWarnings(spec: unknown, oldSpec: unknown): string[] {
  const selector = memberAt(spec, 'selector');
  if (!isJsonObject(selector) || !selectsEverything(selector)) return [];
  if (sameJson(selector, memberAt(oldSpec, 'selector'))) return [];
  return ['spec.selector is empty and selects every node; set names or labels to select fewer'];
}

function selectsEverything(selector: JsonObject): boolean {
  const { names, ...labels } = selector;
  return names == null && isEmptySelector(labels);
}

function exclusive(selector: unknown, podSelector: unknown): Violation[] {
  if (selector === undefined || podSelector === undefined) return [];
  return [
    {
      path: 'spec.podSelector',
      message:
        'must not be set together with spec.selector; keep spec.selector to choose nodes, or spec.podSelector to choose the nodes of pods',
      value: { selector, podSelector },
    },
  ];
}

function namesOrLabels(selector: unknown): Violation[] {
  const names = memberAt(selector, 'names');
  const labels = ['matchLabels', 'matchExpressions'].filter(
    key => memberAt(selector, key) !== undefined,
  );
  if (names === undefined || labels.length === 0) return [];
  return [
    {
      path: 'spec.selector.names',
      message: `must not be set together with spec.selector.${labels.join(' and spec.selector.')}; name the nodes, or select them by label`,
      value: selector,
    },
  ];
}

function checkNames(names: unknown): Violation[] {
  const path = 'spec.selector.names';
  if (Array.isArray(names) && names.length === 0) {
    const message =
      'must not be empty; name at least one node, or leave spec.selector out to select every node';
    return [{ path, message, value: names }];
  }
  return [
    ...checkList(names, path, (name, at) => checkObjectName(name, at, 'Node')),
    ...checkUnique(names, path),
  ];
}
