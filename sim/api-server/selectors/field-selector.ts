import { valueAt } from '../objects/json.ts';
import { badRequest } from '../status/api-error.ts';

/** One condition on a field. */
export interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Field label → path in the object. */
export type SelectableFields = ReadonlyMap<string, readonly string[]>;

/** Fields that every kind can be selected by. */
export const COMMON_FIELDS: SelectableFields = new Map([
  ['metadata.name', ['metadata', 'name']],
  ['metadata.namespace', ['metadata', 'namespace']],
]);

/** Reads the `fieldSelector` of a query; only the fields of the kind may be asked for (400 otherwise). */
export function parseFieldSelector(
  text: string,
  fields: SelectableFields,
): readonly FieldRequirement[] {
  return text
    .split(',')
    .filter(part => part.trim() !== '')
    .map(part => parseTerm(part, fields));
}

function parseTerm(part: string, fields: SelectableFields): FieldRequirement {
  const match = /^([^=!]+)(!=|==|=)(.*)$/.exec(part.trim());
  if (match === null) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
  const [, field = '', operator, value = ''] = match;
  if (!fields.has(field)) throw badRequest(`field label not supported: ${field}`);
  return { field, equal: operator !== '!=', value };
}

/** True when every requirement holds. A missing field counts as an empty one. */
export function matchesFields(
  requirements: readonly FieldRequirement[],
  fields: SelectableFields,
  object: unknown,
): boolean {
  return requirements.every(({ field, equal, value }) => {
    const actual = valueAt(object, fields.get(field) ?? []) ?? '';
    const text = typeof actual === 'string' ? actual : JSON.stringify(actual);
    return (text === value) === equal;
  });
}
