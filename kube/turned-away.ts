import { KubeError } from './kube-error.ts';

/** Share added at random to what Retry-After asks for, so that its clients do not come back together. */
const JITTER = 0.5;

/**
 * Milliseconds to wait before a request is sent again that the API server certainly did not carry out, because it is overloaded or
 * closing (429 and 503 with Retry-After); undefined for every other failure.
 */
export function turnedAwayMs(error: unknown, random: () => number): number | undefined {
  if (!(error instanceof KubeError) || error.retryAfterMs === undefined) return undefined;
  if (error.status !== 429 && error.status !== 503) return undefined;
  return error.retryAfterMs * (1 + JITTER * random());
}
