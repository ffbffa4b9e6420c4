import type { Metrics } from '../runtime/metrics.ts';
import type { Answer } from './answer.ts';

/** Counts and times one answer of a webhook. */
export type RecordAnswer = (webhook: string, answer: Answer, durationMs: number) => void;

/** Makes the metrics of the webhooks. Labels are bounded: names of routes, results, HTTP codes. */
export function createWebhookMetrics(metrics: Metrics): RecordAnswer {
  const requests = metrics.counter({
    name: 'headstart_webhook_requests_total',
    help: 'Admission requests by webhook, result and HTTP code.',
    labelNames: ['webhook', 'result', 'code'],
  });
  const duration = metrics.histogram({
    name: 'headstart_webhook_request_duration_seconds',
    help: 'Time from the headers of an admission request to its answer.',
    labelNames: ['webhook'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  });
  return (webhook, { result, code }, durationMs) => {
    requests.inc({ webhook, result, code: String(code) });
    duration.observe({ webhook }, durationMs / 1000);
  };
}
