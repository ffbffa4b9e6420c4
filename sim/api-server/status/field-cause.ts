/** One broken rule of an object, as it stands in `details.causes` of a Status (k8s.io/apimachinery field.Error). */
export interface FieldCause {
  readonly reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTypeInvalid';
  /** Path of the field, `spec.size` or `<nil>`. */
  readonly field: string;
  readonly message: string;
}

/** A value of the wrong form. */
export function invalidValue(field: string, value: unknown, detail: string): FieldCause {
  const message = `Invalid value: ${shown(value)}: ${detail}`;
  return { reason: 'FieldValueInvalid', field, message };
}

/** A value of the wrong JSON type. */
export function wrongType(field: string, value: unknown, detail: string): FieldCause {
  return { ...invalidValue(field, value, detail), reason: 'FieldValueTypeInvalid' };
}

/** A field that must be there. */
export function requiredValue(field: string, detail = ''): FieldCause {
  const message = detail === '' ? 'Required value' : `Required value: ${detail}`;
  return { reason: 'FieldValueRequired', field, message };
}

/** A value that is not one of a list. */
export function unsupportedValue(
  field: string,
  value: unknown,
  supported: readonly unknown[],
): FieldCause {
  const message = `Unsupported value: ${shown(value)}: supported values: ${supported.map(shown).join(', ')}`;
  return { reason: 'FieldValueNotSupported', field, message };
}

/** An item that stands twice in a set. */
export function duplicateValue(field: string, value: unknown): FieldCause {
  return { reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${shown(value)}` };
}

/** A value that may not be there. */
export function forbiddenValue(field: string, detail: string): FieldCause {
  return { reason: 'FieldValueForbidden', field, message: `Forbidden: ${detail}` };
}

/** A string that is too long. */
export function tooLong(field: string, maxLength: number): FieldCause {
  const message = `Too long: may not be more than ${maxLength} bytes`;
  return { reason: 'FieldValueTooLong', field, message };
}

/** A list or map with too many entries. */
export function tooMany(field: string, actual: number, max: number): FieldCause {
  const message = `Too many: ${actual}: must have at most ${max} items`;
  return { reason: 'FieldValueTooMany', field, message };
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
