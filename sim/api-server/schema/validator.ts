import { Ajv, type ErrorObject } from 'ajv';
import { deepEqual, valueAt } from '../objects/json.ts';
import type { FieldCause } from '../status/field-cause.ts';
import { FORMATS } from './formats.ts';
import { toJsonSchema } from './json-schema.ts';
import { duplicateItems } from './list-duplicates.ts';
import type { Schema } from './schema.ts';
import { causesOf, stepsOf } from './violations.ts';

/**
 * Tells every rule of a schema that `object` breaks, by field; on update, unless the broken part was there before (ratcheting).
 */
export type SchemaValidator = (object: unknown, old?: unknown) => readonly FieldCause[];

/** Compiles a structural schema. Throws when a pattern in it cannot be understood. */
export function compileSchema(schema: Schema): SchemaValidator {
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    verbose: true,
    unicodeRegExp: false,
    formats: FORMATS,
    messages: false,
    logger: false,
  });
  const validate = ajv.compile(toJsonSchema(schema));
  return (object, old) => {
    const valid = validate(object);
    const errors = valid ? [] : (validate.errors ?? []);
    const fresh = errors.filter(error => isFresh(error, object, old));
    const causes = [...causesOf(fresh), ...duplicateItems(object, schema)];
    return causes.sort((a, b) => (a.field < b.field ? -1 : Number(a.field > b.field)));
  };
}

/** False when the value that breaks the rule is the one that was stored (apiextensions ratcheting). */
function isFresh({ instancePath }: ErrorObject, object: unknown, old: unknown): boolean {
  if (old === undefined) return true;
  const steps = stepsOf(instancePath);
  const before = valueAt(old, steps);
  return before === undefined || !deepEqual(before, valueAt(object, steps));
}
