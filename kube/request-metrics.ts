import type { IncomingMessage } from 'node:http';
import type { Metrics } from '../runtime/metrics.ts';
import type { TransportRequest } from './transport.ts';

/** Counts an answer of the API server, or that none came. */
export type CountAnswer = <T>(
  request: TransportRequest,
  answer: Promise<T>,
  responseOf: (answer: T) => IncomingMessage,
) => Promise<T>;

/** Counts requests to `host` under client-go's name and labels; what never got an answer has the code `<error>`. */
export function createRequestMetrics(host: string, metrics: Metrics): CountAnswer {
  const requests = metrics.counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server, by status code, method and host.',
    labelNames: ['code', 'method', 'host'],
  });
  return async ({ method }, answer, responseOf) => {
    try {
      const answered = await answer;
      requests.inc({ code: String(responseOf(answered).statusCode ?? 0), method, host });
      return answered;
    } catch (error) {
      requests.inc({ code: '<error>', method, host });
      throw error;
    }
  };
}
