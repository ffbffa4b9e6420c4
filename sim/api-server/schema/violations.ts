import type { ErrorObject } from 'ajv';
import { asObject, type JsonObject } from '../objects/json.ts';
import {
  type FieldCause,
  invalidValue,
  requiredValue,
  tooLong,
  tooMany,
  unsupportedValue,
  wrongType,
} from '../status/field-cause.ts';

/** A violation with what the sentence about it needs. */
interface Violation {
  readonly path: string;
  readonly value: unknown;
  readonly params: JsonObject;
}

/** Errors of ajv in the words of kube-apiserver. */
export function causesOf(errors: readonly ErrorObject[]): readonly FieldCause[] {
  return errors.filter(isTopLevel).map(error => {
    const path = fieldPath(error.instancePath);
    const sentence = SENTENCES[error.keyword] ?? otherwise;
    return sentence({ path, value: error.data, params: asObject(error.params) });
  });
}

/** Errors of the branches of a combinator only explain the error of the combinator itself. */
function isTopLevel({ schemaPath }: ErrorObject): boolean {
  return !/\/(oneOf|anyOf|not)\//.test(schemaPath);
}

/** Keys and indexes of a JSON pointer. */
export function stepsOf(pointer: string): readonly string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function fieldPath(pointer: string): string {
  const path = stepsOf(pointer).reduce(
    (path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : `${path}.${step}`),
    '',
  );
  return path.replace(/^\./, '');
}

const inBody =
  (rule: (params: JsonObject) => string) =>
  ({ path, value, params }: Violation): FieldCause =>
    invalidValue(path, value, `${path} in body ${rule(params)}`);

const limit = ({ limit }: JsonObject): number => Number(limit);

const SENTENCES: Readonly<Record<string, (violation: Violation) => FieldCause>> = {
  type: ({ path, value, params }) => {
    const type = typeName(value);
    const expected = [params['type']].flat().filter(name => name !== 'null');
    return wrongType(
      path,
      type,
      `${path} in body must be of type ${expected.join(',')}: "${type}"`,
    );
  },
  required: ({ path, params }) => {
    const missing = String(params['missingProperty']);
    return requiredValue(path === '' ? missing : `${path}.${missing}`);
  },
  enum: ({ path, value, params }) =>
    unsupportedValue(path, value, [params['allowedValues']].flat()),
  maxLength: ({ path, params }) => tooLong(path, limit(params)),
  maxItems: ({ path, value, params }) => tooMany(path, sizeOf(value), limit(params)),
  maxProperties: ({ path, value, params }) => tooMany(path, sizeOf(value), limit(params)),
  minLength: inBody(params => `should be at least ${limit(params)} chars long`),
  minItems: counted(params => `should have at least ${limit(params)} items`),
  minProperties: counted(params => `should have at least ${limit(params)} properties`),
  pattern: inBody(({ pattern }) => `should match '${String(pattern)}'`),
  minimum: inBody(params => `should be greater than or equal to ${limit(params)}`),
  exclusiveMinimum: inBody(params => `should be greater than ${limit(params)}`),
  maximum: inBody(params => `should be less than or equal to ${limit(params)}`),
  exclusiveMaximum: inBody(params => `should be less than ${limit(params)}`),
  multipleOf: inBody(({ multipleOf }) => `should be a multiple of ${String(multipleOf)}`),
  format: ({ path, value, params }) =>
    wrongType(
      path,
      value,
      `${path} in body must be of type ${String(params['format'])}: ${JSON.stringify(value)}`,
    ),
  oneOf: ({ path, params }) => combinator(path, oneOfText(params)),
  anyOf: ({ path }) => combinator(path, 'must validate at least one schema (anyOf)'),
  not: ({ path }) => combinator(path, 'must not validate the schema (not)'),
};

function oneOfText({ passingSchemas }: JsonObject): string {
  const found = Array.isArray(passingSchemas)
    ? `${passingSchemas.length} valid alternatives`
    : 'none valid';
  return `must validate one and only one schema (oneOf). Found ${found}`;
}

function combinator(path: string, text: string): FieldCause {
  return invalidValue('<nil>', '', `"${path}" ${text}`);
}

function counted(rule: (params: JsonObject) => string): (violation: Violation) => FieldCause {
  return violation => inBody(rule)({ ...violation, value: sizeOf(violation.value) });
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : Object.keys(asObject(value)).length;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value !== 'number') return typeof value;
  return Number.isInteger(value) ? 'integer' : 'number';
}

function otherwise({ path, value }: Violation): FieldCause {
  return invalidValue(path, value, `${path} in body is not valid`);
}
