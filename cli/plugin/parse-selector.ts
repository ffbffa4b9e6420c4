import { validateLabelSelector } from '../../api/label-selector.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../../api/meta.ts';

/** A selector, or what is wrong with its text. */
export type ParsedSelector =
  | { readonly ok: true; readonly selector: LabelSelector }
  | { readonly ok: false; readonly message: string };

type Requirement =
  | { readonly label: readonly [string, string] }
  | { readonly expression: LabelSelectorRequirement };

/** Commas between requirements, not those between the values of `in (a,b)`. */
const COMMA = /,(?![^(]*\))/;
const SET = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/;
const EQUALITY = /^([^\s=!]+)\s*(==?|!=)\s*([^\s=!]*)$/;
const EXISTENCE = /^(!?)\s*([^\s=!()]+)$/;

/** Reads a label selector as kubectl's `-l` takes it: `a=b,c!=d,e in (f,g),h,!i`. */
export function parseSelector(text: string): ParsedSelector {
  const parts = text.split(COMMA).map(part => part.trim());
  const found = parts.map(requirementOf);
  const bad = parts.find((_, index) => found[index] === undefined);
  if (bad !== undefined) {
    return { ok: false, message: `cannot read '${bad}'; write a=b, a!=b, a in (b,c), a or !a` };
  }
  const selector = selectorOf(found.filter(requirement => requirement !== undefined));
  const [violation] = validateLabelSelector(selector, '');
  if (violation === undefined) return { ok: true, selector };
  return { ok: false, message: `${violation.message}, not '${String(violation.value)}'` };
}

function requirementOf(part: string): Requirement | undefined {
  const [, setKey, operator, list] = SET.exec(part) ?? [];
  if (setKey !== undefined && list !== undefined) {
    const values = list.split(',').map(value => value.trim());
    return expression(setKey, operator === 'in' ? 'In' : 'NotIn', values);
  }
  const [, key, comparison, value] = EQUALITY.exec(part) ?? [];
  if (key !== undefined && value !== undefined) {
    return comparison === '!=' ? expression(key, 'NotIn', [value]) : { label: [key, value] };
  }
  const [, not, name] = EXISTENCE.exec(part) ?? [];
  return name === undefined ? undefined : expression(name, not ? 'DoesNotExist' : 'Exists');
}

function expression(
  key: string,
  operator: LabelSelectorRequirement['operator'],
  values?: readonly string[],
): Requirement {
  return { expression: { key, operator, ...(values === undefined ? {} : { values }) } };
}

function selectorOf(requirements: readonly Requirement[]): LabelSelector {
  const labels = requirements.flatMap(each => ('label' in each ? [each.label] : []));
  const matchExpressions = requirements.flatMap(each =>
    'expression' in each ? [each.expression] : [],
  );
  return {
    ...(labels.length === 0 ? {} : { matchLabels: Object.fromEntries(labels) }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
  };
}
