/** Every code a HeadstartError can carry. Operators search logs for them: add, never rename. */
export const ERROR_CODES = [
  'CONFIG_INVALID',
  'KUBECONFIG_UNREADABLE',
  'KUBE_REQUEST_FAILED',
  'KUBE_UNREACHABLE',
  'KUBE_CRD_MISSING',
  'LEASE_LOST',
  'CERT_INVALID',
  'CRI_FAILED',
  'CRI_UNAVAILABLE',
  'CRI_NO_RUNTIME',
  'CREDENTIALS_MALFORMED',
  'IMAGE_REFERENCE_INVALID',
  'NODE_IMAGE_FULL',
  'DEADLINE_EXCEEDED',
  'TERMINAL',
  'INTERNAL',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface HeadstartErrorOptions {
  readonly cause?: unknown;
  /** Whether the same call may succeed later. Default false. */
  readonly retryable?: boolean;
  /** Facts for the log; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error of ours: what failed (lower case, no period), its code, and whether a retry may help. */
export class HeadstartError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: HeadstartErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HeadstartError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** A reconcile that must not be retried: it is logged, counted and dropped until its object changes. */
export class TerminalError extends HeadstartError {
  constructor(message: string, options: HeadstartErrorOptions = {}) {
    super('TERMINAL', message, options);
    this.name = 'TerminalError';
  }
}

/** True when `error` is a HeadstartError with `code`. */
export function hasCode(error: unknown, code: ErrorCode): error is HeadstartError {
  return error instanceof HeadstartError && error.code === code;
}

/** One line for people: the message and its causes, without stacks. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  for (let current = error; current !== undefined && parts.length < 5; ) {
    parts.push(current instanceof Error ? current.message : JSON.stringify(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(': ');
}
