import type { ApiRequest } from '../http/api-request.ts';
import { isSet } from '../http/api-request.ts';
import { invalidOptions } from '../status/api-error.ts';
import { forbiddenValue, invalidValue, unsupportedValue } from '../status/field-cause.ts';

const FIELD_VALIDATIONS = ['Ignore', 'Warn', 'Strict'] as const;

/** The query of a write. */
export interface WriteOptions {
  readonly dryRun: boolean;
  /** Undefined when the query names none. */
  readonly fieldManager: string | undefined;
  readonly fieldValidation: (typeof FIELD_VALIDATIONS)[number];
  readonly force: boolean;
}

/** Reads the query of a write; `kind` is how errors call it, for example `CreateOptions`. */
export function writeOptions({ query }: ApiRequest, kind: string): WriteOptions {
  const validation = query.get('fieldValidation') ?? '';
  const known = FIELD_VALIDATIONS.find(name => name === (validation === '' ? 'Warn' : validation));
  if (known === undefined) {
    throw invalidOptions(
      kind,
      unsupportedValue('fieldValidation', validation, ['', ...FIELD_VALIDATIONS]),
    );
  }
  const fieldManager = query.get('fieldManager') ?? undefined;
  if (fieldManager !== undefined && fieldManager.length > 128) {
    const rule = 'may not be longer than 128';
    throw invalidOptions(kind, invalidValue('fieldManager', fieldManager, rule));
  }
  return {
    dryRun: isDryRun(query.getAll('dryRun'), kind),
    fieldManager: fieldManager === '' ? undefined : fieldManager,
    fieldValidation: known,
    force: isSet(query, 'force'),
  };
}

/** True when the values of `dryRun` ask for a dry run; `All` is the only word there is. */
export function isDryRun(values: readonly string[], kind: string): boolean {
  if (values.length === 0) return false;
  if (values.every(value => value === 'All')) return true;
  throw invalidOptions(kind, unsupportedValue('dryRun', values, ['All']));
}

/** `force` only means something to server-side apply. */
export function refuseForce({ force }: WriteOptions): void {
  if (!force) return;
  const rule = 'may not be specified for non-apply patch';
  throw invalidOptions('PatchOptions', forbiddenValue('force', rule));
}

/** The name under which changes are recorded: the field manager, or what the user agent starts with. */
export function managerName({ fieldManager }: WriteOptions, { userAgent }: ApiRequest): string {
  return fieldManager ?? (userAgent.split('/')[0] || 'unknown');
}
