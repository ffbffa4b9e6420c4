import { HeadstartError, type HeadstartErrorOptions } from '../runtime/errors.ts';

export interface KubeErrorOptions extends HeadstartErrorOptions {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** `reason` of the Status object: `NotFound`, `Conflict`, `Invalid`, `Expired`, … */
  readonly reason?: string;
  /** From Retry-After. */
  readonly retryAfterMs?: number;
}

/** A request that the API server refused, or that never reached it (`status` 0). */
export class KubeError extends HeadstartError {
  readonly status: number;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: KubeErrorOptions) {
    super(options.status === 0 ? 'KUBE_UNREACHABLE' : 'KUBE_REQUEST_FAILED', message, options);
    this.name = 'KubeError';
    this.status = options.status;
    this.reason = options.reason ?? '';
    this.retryAfterMs = options.retryAfterMs;
  }
}

const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof KubeError && error.status === status;

/** 404: the object, or its whole kind, does not exist. */
export const isNotFound = (error: unknown): boolean => hasStatus(error, 404);

/** 409 on update: somebody else wrote first. */
export const isConflict = (error: unknown): boolean =>
  hasStatus(error, 409) && (error as KubeError).reason !== 'AlreadyExists';

/** 409 on create: the name is taken. */
export const isAlreadyExists = (error: unknown): boolean =>
  hasStatus(error, 409) && (error as KubeError).reason === 'AlreadyExists';

/** 410: the resourceVersion is too old; list again. */
export const isGone = (error: unknown): boolean => hasStatus(error, 410);

/** 422: the object broke a rule of its schema or of an admission plugin. */
export const isInvalid = (error: unknown): boolean => hasStatus(error, 422);
