import { isJsonObject } from '../objects/json.ts';

/** Finds the values that a path names. */
export type JsonPath = (root: unknown) => readonly unknown[];

type Step = (value: unknown) => readonly unknown[];

/** Forms of a step: `.name` (with `\.` for a dot in it), `['name']`, `[0]`, `[*]`, `.*`, `[?(@.a=="b")]`. */
const STEPS: readonly { readonly form: RegExp; readonly step: (match: RegExpExecArray) => Step }[] =
  [
    { form: /^\.?\*|^\.?\[\*\]/, step: () => everything },
    { form: /^\[(-?\d+)\]/, step: ([, index]) => item(Number(index)) },
    { form: /^\[(?:'([^']*)'|"([^"]*)")\]/, step: ([, a, b]) => member(a ?? b ?? '') },
    { form: /^\[\?\(\s*@(.+?)\s*\)\]/, step: ([, condition = '']) => filter(condition) },
    { form: /^\.?((?:\\.|[^.[\]\\])+)/, step: ([, name = '']) => member(unescaped(name)) },
  ];

const cache = new Map<string, JsonPath>();

/** Compiles a simple JSONPath, as printer columns use it. A path that cannot be understood finds nothing. */
export function jsonPath(text: string): JsonPath {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const steps = parse(text.replace(/^\{|\}$/g, ''));
  const path: JsonPath = root =>
    steps?.reduce<readonly unknown[]>((values, step) => values.flatMap(step), [root]) ?? [];
  cache.set(text, path);
  return path;
}

function parse(text: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (let rest = text.trim(); rest !== '' && rest !== '.'; ) {
    const found = firstStep(rest);
    if (found === undefined) return undefined;
    steps.push(found.step);
    rest = rest.slice(found.length);
  }
  return steps;
}

function firstStep(text: string): { readonly step: Step; readonly length: number } | undefined {
  for (const { form, step } of STEPS) {
    const match = form.exec(text);
    if (match !== null) return { step: step(match), length: match[0].length };
  }
  return undefined;
}

const unescaped = (name: string): string => name.replace(/\\(.)/g, '$1');

const present = (value: unknown): readonly unknown[] => (value === undefined ? [] : [value]);

const everything: Step = value => {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
};

const item =
  (index: number): Step =>
  value =>
    Array.isArray(value) ? present(value.at(index)) : [];

const member =
  (name: string): Step =>
  value =>
    isJsonObject(value) && Object.hasOwn(value, name) ? present(value[name]) : [];

/** Items for which `path op literal` holds; without an operator, items that have the path. */
function filter(condition: string): Step {
  const match = /^(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)$/.exec(condition);
  const [, path = condition, operator, literal] = match ?? [];
  const find = jsonPath(path);
  const expected = literal === undefined ? undefined : parseLiteral(literal);
  const holds = (candidate: unknown): boolean => {
    const [actual] = find(candidate);
    return operator === undefined ? actual !== undefined : compares(actual, operator, expected);
  };
  return value => everything(value).filter(holds);
}

function parseLiteral(text: string): unknown {
  const quoted = /^(['"])(.*)\1$/.exec(text.trim());
  if (quoted !== null) return quoted[2];
  if (text === 'true' || text === 'false') return text === 'true';
  return Number(text);
}

function compares(actual: unknown, operator: string, expected: unknown): boolean {
  if (operator === '==') return actual === expected;
  if (operator === '!=') return actual !== expected;
  if (typeof actual !== 'number' || typeof expected !== 'number') return false;
  if (operator.startsWith('<'))
    return actual < expected || (operator === '<=' && actual === expected);
  return actual > expected || (operator === '>=' && actual === expected);
}
