import { type ServiceError, status } from '@grpc/grpc-js';
import { type PullFailureReason, reasonOfMessage } from '../../api/pull-failure.ts';
import { HeadstartError } from '../../runtime/errors.ts';
import { redact } from '../redact.ts';
import { outageText } from './outage-text.ts';

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

/** The runtime has no such call, and will have none. */
export class UnimplementedError extends CriError {}

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

/** Somebody deleted the lease of a running pull. containerd says NOT_FOUND, but it is not the image that is missing. */
const LEASE_GONE = /lease does not exist/;

/** Translates an error of gRPC. */
export function criErrorOf({ code, details }: Pick<ServiceError, 'code' | 'details'>): CriError {
  const reason = reasonOf(code, details);
  const text = reason === 'RuntimeUnavailable' ? outageText(details) : details;
  // The error itself stays out of the cause: its text is not redacted.
  const kind = code === status.UNIMPLEMENTED ? UnimplementedError : CriError;
  return new kind(reason, redact(text));
}

function reasonOf(code: number, details: string): PullFailureReason {
  if (LEASE_GONE.test(details)) return 'PullFailed';
  return BY_CODE.get(code) ?? reasonOfMessage(details);
}
