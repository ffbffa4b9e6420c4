import type { Row } from './panels.ts';
import { OURS, q, quantile, rate } from './queries.ts';

/** The manager: its leader, queues and cost. */
export const CONTROLLERS_ROW: Row = {
  title: 'Controllers',
  panels: [
    {
      title: 'Leader',
      description: 'The replica whose controllers work. There is one.',
      queries: [q(`leader_election_master_status{${OURS}}`, '{{instance}}')],
    },
    {
      title: 'Keys that wait',
      description: 'By queue.',
      queries: [q(`sum by (name) (workqueue_depth{${OURS}})`, '{{name}}')],
    },
    {
      title: 'Time that keys wait',
      description: 'All but one in a hundred.',
      unit: 's',
      queries: [q(quantile(0.99, 'workqueue_queue_duration_seconds', ', name'), '{{name}}')],
    },
    {
      title: 'Reconciles by result',
      description: 'A second.',
      queries: [
        q(
          `sum by (controller, result) (${rate('controller_runtime_reconcile_total')})`,
          '{{controller}}: {{result}}',
        ),
      ],
    },
    {
      title: 'Time of a reconcile',
      description: 'All but one in a hundred.',
      unit: 's',
      queries: [
        q(
          quantile(0.99, 'controller_runtime_reconcile_time_seconds', ', controller'),
          '{{controller}}',
        ),
      ],
    },
    {
      title: 'Retries',
      description: 'Keys that were added again after a failure, a second.',
      queries: [q(`sum by (name) (${rate('workqueue_retries_total')})`, '{{name}}')],
    },
    {
      title: 'Requests to the API server',
      description: 'A second, by code. <error> got no answer.',
      queries: [q(`sum by (code) (${rate('rest_client_requests_total')})`, '{{code}}')],
    },
    {
      title: 'CPU',
      description: 'Cores, of the busiest five.',
      queries: [q(`topk(5, ${rate('process_cpu_seconds_total')})`, '{{instance}}')],
    },
    {
      title: 'Memory',
      description: 'Of the largest five.',
      unit: 'bytes',
      queries: [q(`topk(5, process_resident_memory_bytes{${OURS}})`, '{{instance}}')],
    },
  ],
};
