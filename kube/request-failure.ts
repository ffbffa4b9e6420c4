import type { IncomingMessage } from 'node:http';
import { describeError, HeadstartError } from '../runtime/errors.ts';
import { KubeError } from './kube-error.ts';
import type { TransportRequest } from './transport.ts';

/** Reason of a request that met a kept-alive connection which the server was just closing: it never reached the server. */
export const STALE_CONNECTION = 'StaleConnection';
/** Reason of a request without an answer in time: it may have been carried out. */
export const REQUEST_TIMEOUT = 'RequestTimeout';
/** Reason of an answer that is not what Kubernetes sends. */
export const BAD_ANSWER = 'BadAnswer';

const RETRYABLE_STATUSES = new Set([408, 429, 500, 502, 503, 504]);

/** The part of a metav1.Status that we use. */
export interface Status {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** The failure that a refusing answer means. */
export function failureOfAnswer(
  request: TransportRequest,
  response: IncomingMessage,
  text: string,
): KubeError {
  const status = response.statusCode ?? 0;
  const body = parseStatus(text);
  const header = Number.parseInt(response.headers['retry-after'] ?? '', 10);
  return failureOfStatus(describe(request), {
    ...body,
    code: status,
    message: body.message ?? excerpt(text) ?? response.statusMessage ?? '',
    ...(Number.isNaN(header) ? {} : { details: { retryAfterSeconds: header } }),
  });
}

/** The failure that a Status object tells, in an answer or in an ERROR event. */
export function failureOfStatus(what: string, status: Status): KubeError {
  const { code = 0, reason, message, details } = status;
  const seconds = details?.retryAfterSeconds;
  return new KubeError(`${what}: ${message || reason || `status ${code}`}`, {
    status: code,
    retryable: RETRYABLE_STATUSES.has(code),
    ...(reason === undefined ? {} : { reason }),
    ...(seconds === undefined ? {} : { retryAfterMs: seconds * 1000 }),
  });
}

/** The failure of a request whose connection broke. Failures of our own pass through. */
export function failureOfConnection(request: TransportRequest, cause: unknown): HeadstartError {
  if (cause instanceof HeadstartError) return cause;
  const message = `${describe(request)}: ${describeError(cause)}`;
  return new KubeError(message, { status: 0, retryable: true, cause });
}

/** The failure of a request that met a connection in closing. */
export function failureOfStaleConnection(request: TransportRequest, cause: unknown): KubeError {
  const message = `${describe(request)}: the server closed the connection`;
  return new KubeError(message, { status: 0, reason: STALE_CONNECTION, retryable: true, cause });
}

/** The failure of a request that took too long. */
export function failureOfDeadline(request: TransportRequest): KubeError {
  const message = `${describe(request)}: no answer within ${Math.round(request.deadlineMs)} ms`;
  return new KubeError(message, { status: 0, reason: REQUEST_TIMEOUT, retryable: true });
}

/** The failure of an answer that makes no sense. */
export function failureOfBody(what: string, status: number, cause: unknown): KubeError {
  const message = `${what}: the answer is not JSON`;
  return new KubeError(message, { status, reason: BAD_ANSWER, retryable: true, cause });
}

/** Verb and path, for messages. */
export function describe(request: TransportRequest): string {
  return `${request.method} ${request.path.split('?', 1)[0]}`;
}

/** Proxies and load balancers answer with anything; then the status alone has to do. */
function parseStatus(text: string): Status {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Status) : {};
  } catch {
    return {};
  }
}

function excerpt(text: string): string | undefined {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line === '' ? undefined : line.slice(0, 200);
}
