import { LABEL_SELECTOR_OPERATORS } from '../../../api/meta.ts';
import { asArray, asObject, asString, asStrings } from '../objects/json.ts';
import { badRequest } from '../status/api-error.ts';

/** One condition on labels. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

/** True when every requirement holds. */
export function matchesLabels(
  requirements: readonly LabelRequirement[],
  labels: Labels = {},
): boolean {
  return requirements.every(requirement => {
    const { key } = requirement;
    return holds(requirement, Object.hasOwn(labels, key) ? labels[key] : undefined);
  });
}

function holds({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

/** The requirements of a metav1.LabelSelector, as webhook configurations carry them; what makes no sense in it is left out. */
export function requirementsOf(selector: unknown): readonly LabelRequirement[] {
  const { matchLabels, matchExpressions } = asObject(selector);
  const equal = Object.entries(asObject(matchLabels)).map(
    ([key, value]) => ({ key, operator: 'In', values: [asString(value) ?? ''] }) as const,
  );
  const expressions = asArray(matchExpressions).flatMap(raw => {
    const { key, operator, values } = asObject(raw);
    const known = LABEL_SELECTOR_OPERATORS.find(name => name === operator);
    if (typeof key !== 'string' || known === undefined) return [];
    return { key, operator: known, values: asStrings(values) };
  });
  return [...equal, ...expressions];
}

const KEY = '[^\\s!=<>,()]+';
const FORMS = [
  { form: new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`), read: setForm },
  { form: new RegExp(`^(${KEY})\\s*(==|=|!=|>|<)\\s*(${KEY})?$`), read: comparison },
  { form: new RegExp(`^(!?)\\s*(${KEY})$`), read: existence },
] as const;

/** Reads the `labelSelector` of a query, for example `a=b,c!=d,e in (f,g),h,!i`. */
export function parseLabelSelector(text: string): readonly LabelRequirement[] {
  return splitTopLevel(text).map(part => {
    for (const { form, read } of FORMS) {
      const match = form.exec(part);
      if (match !== null) return read(match);
    }
    throw badRequest(`unable to parse requirement: ${unexpected(part)}`);
  });
}

/** Commas within parentheses separate values, not requirements. */
function splitTopLevel(text: string): readonly string[] {
  return text
    .split(/,(?![^()]*\))/)
    .map(part => part.trim())
    .filter(part => part !== '');
}

function unexpected(part: string): string {
  const [, second] = part.split(/\s+/);
  return `found '${second ?? part}', expected: in, notin, =, ==, !=, gt, lt`;
}

function setForm([, key = '', operator, values = '']: RegExpExecArray): LabelRequirement {
  return {
    key,
    operator: operator === 'in' ? 'In' : 'NotIn',
    values: values.split(',').map(value => value.trim()),
  };
}

const COMPARISONS: Readonly<Record<string, LabelRequirement['operator']>> = {
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
};

function comparison([, key = '', operator = '', value = '']: RegExpExecArray): LabelRequirement {
  return { key, operator: COMPARISONS[operator] ?? 'In', values: [value] };
}

function existence([, not, key = '']: RegExpExecArray): LabelRequirement {
  return { key, operator: not === '!' ? 'DoesNotExist' : 'Exists', values: [] };
}
