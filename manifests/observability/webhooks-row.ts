import type { Row } from './panels.ts';
import { OURS, q, quantile, rate } from './queries.ts';

/** Admission, and its certificate. */
export const WEBHOOKS_ROW: Row = {
  title: 'Webhooks',
  panels: [
    {
      title: 'Time to answer',
      description: 'The API server goes on without an answer after two seconds.',
      unit: 's',
      queries: [
        q(
          quantile(0.5, 'headstart_webhook_request_duration_seconds', ', webhook'),
          'half, {{webhook}}',
        ),
        q(
          quantile(0.99, 'headstart_webhook_request_duration_seconds', ', webhook'),
          '99 %, {{webhook}}',
        ),
      ],
    },
    {
      title: 'Requests by result',
      description: 'A second. Shed and errored are requests that got no answer.',
      stacked: true,
      queries: [q(`sum by (result) (${rate('headstart_webhook_requests_total')})`, '{{result}}')],
    },
    {
      title: 'Certificate ends',
      description: 'Renewed at two thirds of its life.',
      type: 'stat',
      unit: 'dateTimeFromNow',
      queries: [q(`min(headstart_webhook_certificate_expiry_timestamp_seconds{${OURS}}) * 1000`)],
    },
  ],
};
