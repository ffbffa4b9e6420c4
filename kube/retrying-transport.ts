import type { Clock } from '../runtime/clock.ts';
import { KubeError } from './kube-error.ts';
import { STALE_CONNECTION } from './request-failure.ts';
import type { Transport, TransportRequest } from './transport.ts';
import { turnedAwayMs } from './turned-away.ts';

export interface RetryDeps {
  readonly clock: Clock;
  readonly random: () => number;
}

/** A server that is still overloaded after this many waits is the caller's business. */
const MAX_RETRIES = 5;

/**
 * Repeats requests that were certainly not carried out: those the server turned away with Retry-After (429, 503), refused credentials (401, once:
 * the token may just have been renewed), and reads that met a closing connection (once). Never beyond the request's deadline. Streams are
 * passed on as they are; who watches has a backoff of its own.
 */
export function createRetryingTransport(inner: Transport, deps: RetryDeps): Transport {
  return {
    request: request => requestWithRetries(inner, request, deps),
    stream: request => inner.stream(request),
    close: () => inner.close(),
  };
}

async function requestWithRetries(
  inner: Transport,
  request: TransportRequest,
  { clock, random }: RetryDeps,
): Promise<unknown> {
  const deadlineAt = clock.monotonicMs() + request.deadlineMs;
  for (let retry = 0; ; retry++) {
    const remainingMs = deadlineAt - clock.monotonicMs();
    try {
      return await inner.request({ ...request, deadlineMs: remainingMs });
    } catch (error) {
      const waitMs = waitBeforeRetry(error, request, retry, random);
      if (waitMs === undefined) throw error;
      if (clock.monotonicMs() + waitMs >= deadlineAt) throw error;
      await clock.sleep(waitMs, request.signal);
    }
  }
}

/** Milliseconds to wait before retry number `retry`, or undefined when there must be none. */
function waitBeforeRetry(
  error: unknown,
  request: TransportRequest,
  retry: number,
  random: () => number,
): number | undefined {
  const askedMs = turnedAwayMs(error, random);
  if (askedMs !== undefined) return retry < MAX_RETRIES ? askedMs : undefined;
  if (!(error instanceof KubeError) || retry > 0) return undefined;
  return error.status === 401 || (isStale(error) && request.method === 'GET') ? 0 : undefined;
}

const isStale = (error: KubeError): boolean => error.reason === STALE_CONNECTION;
