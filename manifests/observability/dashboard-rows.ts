import type { Query, Row } from './panels.ts';

/** The pods of Headstart that are chosen on top of the dashboard. */
const OURS = 'namespace=~"$namespace"';

const q = (expr: string, legend?: string): Query =>
  legend === undefined ? { expr } : { expr, legend };
const rate = (metric: string, matchers = ''): string =>
  `rate(${metric}{${OURS}${matchers}}[$__rate_interval])`;
const quantile = (level: number, metric: string, by = ''): string =>
  `histogram_quantile(${level}, sum by (le${by}) (${rate(`${metric}_bucket`)}))`;
const FAILED = ',result!~"Pulled|Present"';

const JOBS: Row = {
  title: 'Jobs',
  panels: [
    {
      title: 'Jobs by state',
      description:
        'ImagePullJobs. Paused and RegistryBudget wait on purpose; many in WaitingForNodes means nodes that are not ready.',
      stacked: true,
      queries: [q(`sum by (state) (headstart_jobs{${OURS}})`, '{{state}}')],
    },
    {
      title: 'Nodes of open jobs by state',
      description: 'Waiting falls and succeeded rises while jobs get on.',
      stacked: true,
      queries: [q(`sum by (state) (headstart_targets{${OURS}})`, '{{state}}')],
    },
    {
      title: 'Jobs that ended, by result and reason',
      description: 'In an hour.',
      type: 'bargauge',
      queries: [
        q(
          `sum by (result, reason) (increase(headstart_jobs_ended_total{${OURS}}[1h]))`,
          '{{result}}: {{reason}}',
        ),
      ],
    },
    {
      title: 'Time to warm',
      description:
        'From the start of a job to its end; half of the jobs, and all but one in twenty.',
      unit: 's',
      queries: [
        q(quantile(0.5, 'headstart_job_duration_seconds', ', origin'), 'half, {{origin}}'),
        q(quantile(0.95, 'headstart_job_duration_seconds', ', origin'), '95 %, {{origin}}'),
      ],
    },
    {
      title: 'Rollouts that are warmed',
      description: 'Jobs made for rollouts, by kind, and why others were not warmed.',
      queries: [
        q(
          `sum by (kind) (${rate('headstart_predownload_jobs_created_total')}) * 60`,
          '{{kind}} a minute',
        ),
        q(
          `sum by (reason) (${rate('headstart_predownload_skips_total')}) * 60`,
          'skipped: {{reason}}',
        ),
      ],
    },
    {
      title: 'Open jobs',
      description: 'ImagePullJobs that may still do something.',
      type: 'stat',
      queries: [q(`sum(headstart_jobs_open{${OURS}})`)],
    },
  ],
};

const REGISTRIES: Row = {
  title: 'Registries',
  panels: [
    {
      title: 'Pulls in flight, and their ceiling',
      description: 'A dashed ceiling without end (+Inf) is not drawn.',
      queries: [
        q(`sum by (registry) (headstart_registry_pulls_in_flight{${OURS}})`, '{{registry}}'),
        q(
          `max by (registry) (headstart_registry_pulls_limit{${OURS}} < Inf)`,
          'ceiling of {{registry}}',
        ),
      ],
    },
    {
      title: 'Nodes that wait for a registry',
      description: 'Only the ceiling keeps them from pulling.',
      queries: [
        q(`sum by (registry) (headstart_registry_targets_waiting{${OURS}})`, '{{registry}}'),
      ],
    },
    {
      title: 'Mistakes in the ConfigMap of ceilings',
      description: 'While there are any, the ceilings before them hold.',
      type: 'stat',
      queries: [q(`max(headstart_registry_budget_mistakes{${OURS}})`)],
    },
  ],
};

const NODES: Row = {
  title: 'Nodes',
  panels: [
    {
      title: 'Fan-out: pulls a second',
      description: 'Of all nodes. Present: the node had the image.',
      stacked: true,
      queries: [q(`sum by (result) (${rate('headstart_pulls_total')})`, '{{result}}')],
    },
    {
      title: 'Failed pulls by reason',
      description: 'In an hour.',
      type: 'bargauge',
      queries: [
        q(`sum by (result) (increase(headstart_pulls_total{${OURS}${FAILED}}[1h]))`, '{{result}}'),
      ],
    },
    {
      title: 'Time of a pull',
      description:
        'With its retries. A second cloud above the first is a slow zone, or a registry that limits.',
      type: 'heatmap',
      unit: 's',
      queries: [
        q(
          `sum by (le) (increase(headstart_pull_duration_seconds_bucket{${OURS}}[$__rate_interval]))`,
          '{{le}}',
        ),
      ],
    },
    {
      title: 'Attempts of nodes',
      description:
        'Those that run, and those that wait: for a slot of their node or registry, or until a registry has had its rest.',
      queries: [
        q(`sum(headstart_pulls_in_flight{${OURS}})`, 'run'),
        q(`sum(headstart_pulls_queued{${OURS}})`, 'wait'),
      ],
    },
    {
      title: 'Fan-out: bytes a second',
      description: 'Compressed size of the images that were pulled, by registry; on containerd.',
      unit: 'Bps',
      stacked: true,
      queries: [q(`sum by (registry) (${rate('headstart_pull_bytes_total')})`, '{{registry}}')],
    },
    {
      title: 'Attempts that were tried again',
      description: 'A second, by the reason for which the one before failed.',
      queries: [q(`sum by (reason) (${rate('headstart_pull_retries_total')})`, '{{reason}}')],
    },
    {
      title: 'Nodes without a container runtime',
      description: 'Daemons that get no answer from it, and nodes whose daemon is not seen.',
      queries: [
        q(
          `count(headstart_runtime_available{${OURS}} == 0) or vector(0)`,
          'runtime does not answer',
        ),
        q(
          `max(headstart_cache_objects{${OURS},resource="nodeimages.apps.kruise.io"}) - count(headstart_runtime_available{${OURS}})`,
          'no daemon',
        ),
      ],
    },
    {
      title: 'Calls of the container runtime',
      description: 'All but one in a hundred.',
      unit: 's',
      queries: [
        q(quantile(0.99, 'headstart_cri_request_duration_seconds', ', method'), '{{method}}'),
      ],
    },
    {
      title: 'Credential plugins',
      description: 'Runs a second by how they ended.',
      queries: [
        q(
          `sum by (plugin, outcome) (${rate('headstart_credential_plugin_calls_total')})`,
          '{{plugin}}: {{outcome}}',
        ),
      ],
    },
    {
      title: 'Writes of node status',
      description: 'A second. Conflicts are tried again.',
      queries: [q(`sum by (result) (${rate('headstart_status_writes_total')})`, '{{result}}')],
    },
  ],
};

const WEBHOOKS: Row = {
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

const CONTROLLERS: Row = {
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

/** What the dashboard shows. Metrics are in docs/reference/metrics.md. */
export const DASHBOARD_ROWS: readonly Row[] = [JOBS, REGISTRIES, NODES, WEBHOOKS, CONTROLLERS];
