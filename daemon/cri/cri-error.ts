import { type ServiceError, status } from '@grpc/grpc-js';
import { type PullFailureReason, reasonOfMessage } from '../../api/pull-failure.ts';
import { HeadstartError } from '../../runtime/errors.ts';
import { redact } from '../redact.ts';

/** A call that the container runtime refused or never answered. The message holds no secrets. */
export class CriError extends HeadstartError {
  readonly reason: PullFailureReason;

  constructor(reason: PullFailureReason, message: string, cause?: unknown) {
    const isDown = reason === 'RuntimeUnavailable';
    super(isDown ? 'CRI_UNAVAILABLE' : 'CRI_FAILED', message, { retryable: isDown, cause });
    this.name = 'CriError';
    this.reason = reason;
  }
}

/** Codes that say enough. containerd answers most failures of a registry with UNKNOWN and a text. */
const BY_CODE: ReadonlyMap<number, PullFailureReason> = new Map([
  [status.CANCELLED, 'Timeout'],
  [status.INVALID_ARGUMENT, 'InvalidReference'],
  [status.DEADLINE_EXCEEDED, 'Timeout'],
  [status.NOT_FOUND, 'NotFound'],
  [status.PERMISSION_DENIED, 'Unauthorized'],
  [status.UNAVAILABLE, 'RuntimeUnavailable'],
  [status.UNAUTHENTICATED, 'Unauthorized'],
]);

/** Translates an error of gRPC. */
export function criErrorOf(error: ServiceError): CriError {
  const reason = BY_CODE.get(error.code) ?? reasonOfMessage(error.details);
  // The error itself stays out of the cause: its text is not redacted.
  return new CriError(reason, redact(error.details));
}
