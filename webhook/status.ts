import { type FieldError, renderFieldErrors } from '../api/field-error.ts';
import type { AdmissionRequest } from './admission.ts';

/** A violation as kubectl lists it. */
export interface StatusCause {
  readonly reason: 'FieldValueInvalid';
  readonly message: string;
  readonly field: string;
}

/** metav1.Status: how Kubernetes says that something failed. */
export interface Status {
  readonly apiVersion: 'v1';
  readonly kind: 'Status';
  readonly metadata: object;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason: string;
  readonly code: number;
  readonly details?: {
    readonly group: string;
    readonly kind: string;
    readonly name: string;
    readonly causes: readonly StatusCause[];
  };
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  408: 'Timeout',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  500: 'InternalError',
};

/** A failure with an HTTP code. */
export function failure(code: number, message: string): Status {
  return {
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    message,
    reason: REASONS[code] ?? 'Unknown',
    code,
  };
}

/** kubectl prints a line for each; a hostile object can break a rule a hundred thousand times. */
const MAX_CAUSES = 50;

/** The object of `request` breaks rules: 422, each violation in the message and as a cause. */
export function invalid(request: AdmissionRequest, errors: readonly FieldError[]): Status {
  const { group, kind } = request.kind;
  const causes = errors.slice(0, MAX_CAUSES).map(({ path, message }) => cause(path, message));
  if (errors.length > MAX_CAUSES) causes.push(cause('…', `and ${errors.length - MAX_CAUSES} more`));
  return {
    ...failure(422, renderFieldErrors(errors)),
    details: { group, kind, name: request.name, causes },
  };
}

function cause(field: string, message: string): StatusCause {
  return { reason: 'FieldValueInvalid', message, field };
}
