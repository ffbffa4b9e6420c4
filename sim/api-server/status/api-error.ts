import { HeadstartError } from '../../../runtime/errors.ts';
import type { FieldCause } from './field-cause.ts';

/** metav1.Status: the answer of a refused request, and of some deletes. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: object;
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: object;
  readonly code: number;
}

/** Group and plural (or kind) of what an error is about. */
export interface Subject {
  readonly group: string;
  readonly resource: string;
}

/** A request that the server refuses; `body` is what the client gets. */
export class ApiError extends HeadstartError {
  readonly body: Status;

  constructor(code: number, message: string, rest: { reason?: string; details?: object } = {}) {
    super('KUBE_REQUEST_FAILED', message);
    this.name = 'ApiError';
    const head = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' } as const;
    this.body = { ...head, message, ...rest, code };
  }
}

/** `widgets.example.com`, or `pods` in the core group. */
export function qualified({ group, resource }: Subject): string {
  return group === '' ? resource : `${resource}.${group}`;
}

const about = ({ group, resource }: Subject, name: string): object => ({
  ...(name === '' ? {} : { name }),
  ...(group === '' ? {} : { group }),
  kind: resource,
});

/** 404: there is no such object. */
export function notFound(subject: Subject, name: string): ApiError {
  return new ApiError(404, `${qualified(subject)} "${name}" not found`, {
    reason: 'NotFound',
    details: about(subject, name),
  });
}

/** 409: the name is taken. */
export function alreadyExists(subject: Subject, name: string): ApiError {
  return new ApiError(409, `${qualified(subject)} "${name}" already exists`, {
    reason: 'AlreadyExists',
    details: about(subject, name),
  });
}

const STALE =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 409: somebody else wrote first, or a precondition does not hold. */
export function conflict(subject: Subject, name: string, detail = STALE): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(subject)} "${name}": ${detail}`;
  return new ApiError(409, message, { reason: 'Conflict', details: about(subject, name) });
}

/** 422: the object breaks rules; kubectl prints the causes as a list. */
export function invalid(subject: Subject, name: string, causes: readonly FieldCause[]): ApiError {
  const lines = causes.map(({ field, message }) => `${field}: ${message}`);
  const text = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  return new ApiError(422, `${qualified(subject)} "${name}" is invalid: ${text}`, {
    reason: 'Invalid',
    details: {
      ...about(subject, name),
      causes: causes.map(({ reason, message, field }) => ({ reason, message, field })),
    },
  });
}

/** 422 for the options in a query or body (`PatchOptions`, `DeleteOptions`, …). */
export function invalidOptions(kind: string, cause: FieldCause): ApiError {
  return invalid({ group: 'meta.k8s.io', resource: kind }, '', [cause]);
}

/** 400: the request makes no sense. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, message, { reason: 'BadRequest' });
}

/** 403: not now, or not for this user. */
export function forbidden(
  subject: Subject,
  name: string,
  detail: string,
  causes: readonly object[] = [],
): ApiError {
  return new ApiError(403, `${qualified(subject)} "${name}" is forbidden: ${detail}`, {
    reason: 'Forbidden',
    details: { ...about(subject, name), ...(causes.length === 0 ? {} : { causes }) },
  });
}

/** 410: the resource version or continue token is too old. */
export function expired(message: string): ApiError {
  return new ApiError(410, message, { reason: 'Expired' });
}

/** 504: the client asks for a version from the future (a server that lost its memory). */
export function tooLargeResourceVersion(asked: number, current: number): ApiError {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return new ApiError(504, message, {
    reason: 'Timeout',
    details: { causes, retryAfterSeconds: 1 },
  });
}

/** 415: a body in a format that this request does not take. */
export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return new ApiError(
    415,
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    { reason: 'UnsupportedMediaType' },
  );
}

/** 405: the resource does not do that. */
export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'the server does not allow this method on the requested resource', {
    reason: 'MethodNotAllowed',
    details: {},
  });
}

/** 500 with the wording of kube-apiserver. */
export function internalError(detail: string): ApiError {
  return new ApiError(500, `Internal error occurred: ${detail}`, {
    reason: 'InternalError',
    details: { causes: [{ message: detail }] },
  });
}
