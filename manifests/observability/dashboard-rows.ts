import { CONTROLLERS_ROW } from './controllers-row.ts';
import { JOBS_ROW } from './jobs-row.ts';
import { NODES_ROW } from './nodes-row.ts';
import type { Row } from './panels.ts';
import { REGISTRIES_ROW } from './registries-row.ts';
import { WEBHOOKS_ROW } from './webhooks-row.ts';

/** What the dashboard shows. Metrics are in docs/reference/metrics.md. */
export const DASHBOARD_ROWS: readonly Row[] = [
  JOBS_ROW,
  REGISTRIES_ROW,
  NODES_ROW,
  WEBHOOKS_ROW,
  CONTROLLERS_ROW,
];
