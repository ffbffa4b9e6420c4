import type { Row } from './panels.ts';
import { OURS, q, quantile, rate } from './queries.ts';

/** Jobs: how many are at what, how they end, and how long they take. */
export const JOBS_ROW: Row = {
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
