import type { Row } from './panels.ts';
import { OURS, q, quantile, rate } from './queries.ts';

/** Pulls that failed, by their result. */
const FAILED = ',result!~"Pulled|Present"';

/** What the daemons do. */
export const NODES_ROW: Row = {
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
