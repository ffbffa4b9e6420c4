import { rounded } from './result.ts';
import type { Result } from './scenario.ts';
import { median } from './table.ts';

/** One target and where its figure is found. */
interface Row {
  readonly measure: string;
  readonly target: string;
  /** Runs that count. */
  readonly of: Readonly<Record<string, unknown>>;
  /** A field of the result, or of one of its phases: `held.patchToJobMs`. */
  readonly field: string;
  readonly unit: string;
}

const job = (nodes: number, parallelism: number) => ({
  scenario: 'fanout',
  daemons: 'simulated',
  pods: 0,
  nodes,
  parallelism,
});
const ALL = job(5_000, 5_000);
const bare = (nodes: number, parallelism: number) => ({ scenario: 'bare', nodes, parallelism });
const DAEMON = { scenario: 'daemon', pullMs: 20 };
const ROLLOUT = { scenario: 'rollout', nodes: 50, parallelism: 5 };

const ROWS: readonly Row[] = [
  row('job on 5,000 nodes, P = N (pulls alone: 2 s)', '≤ 22 s', ALL, 'makespanSeconds'),
  row('…the same writes from a bare loop', '–', bare(5_000, 5_000), 'makespanSeconds'),
  row('job on 5,000 nodes, P = 500 (20 s)', '≤ 29 s', job(5_000, 500), 'makespanSeconds'),
  row('…the bare loop', '–', bare(5_000, 500), 'makespanSeconds'),
  row('job on 2,000 nodes, P = 200 (20 s)', '≤ 21 s', job(2_000, 200), 'makespanSeconds'),
  row('…the bare loop', '–', bare(2_000, 200), 'makespanSeconds'),
  row(
    'job on 500 nodes, P = 50, real daemons (20 s)',
    '≤ 20.6 s',
    { ...job(500, 50), daemons: 'real' },
    'makespanSeconds',
  ),
  row('API writes per node and job, of everybody', '≤ 2.1', ALL, 'writesPerNode'),
  row(
    '…with real daemons, 500 nodes',
    '≤ 2.1',
    { ...job(500, 50), daemons: 'real' },
    'writesPerNode',
  ),
  row('manager, CPU for the 5,000-node job', '≤ 7 s', ALL, 'managerCpuSeconds'),
  row('kube-apiserver, CPU for it', '≤ 38 s', ALL, 'apiserverCpuSeconds'),
  row('…for the bare loop', '–', bare(5_000, 5_000), 'apiserverCpuSeconds'),
  row('manager, peak memory, 5,000 nodes', '≤ 200 MB', ALL, 'managerPeakRssMb'),
  row('…with 50,000 pods', '≤ 300 MB', { ...ALL, pods: 50_000 }, 'managerPeakRssMb'),
  row(
    '5,000 new Nodes → all NodeImages labelled',
    '≤ 12 s',
    { scenario: 'nodes', nodes: 5_000 },
    'labelledSeconds',
  ),
  row('deleting the job: last tag gone from 5,000 nodes', '≤ 15 s', ALL, 'cleanupSeconds'),
  row(
    'patch of a CloneSet → ImagePullJob, first rollout since the start',
    '≤ 35 ms',
    ROLLOUT,
    'held.patchToJobMs',
  ),
  row('…→ first NodeImage tag', '≤ 60 ms', ROLLOUT, 'held.patchToFirstTagMs'),
  row(
    'patch of a CloneSet → ImagePullJob, second rollout',
    '≤ 35 ms',
    ROLLOUT,
    'running.patchToJobMs',
  ),
  row('…→ first NodeImage tag', '≤ 60 ms', ROLLOUT, 'running.patchToFirstTagMs'),
  row(
    'CloneSet, 50 nodes, P = 5, rollout held (20 s)',
    '≤ 20.8 s',
    ROLLOUT,
    'held.makespanSeconds',
  ),
  row('…rollout running: most pulls at once', '≤ 5', ROLLOUT, 'running.maxPullsAtOnce'),
  row('…rollout running: pods that found the image', '–', ROLLOUT, 'running.warmedInTime'),
  row(
    '50 jobs on 1,000 changing nodes: parallelism violated',
    '0',
    { scenario: 'churn', nodes: 1_000, jobs: 50 },
    'violations',
  ),
  row('manager CPU a node, 500 nodes', '–', job(500, 500), 'managerCpuMsPerNode'),
  row('manager CPU a node, 5,000 nodes', 'within 20 % of 500', ALL, 'managerCpuMsPerNode'),
  row('daemon: NodeImage write → PullImage call', '≤ 10 ms', DAEMON, 'writeToPullMs'),
  row('…end of a 20 ms pull → Succeeded in the API', '≤ 250 ms', DAEMON, 'pullEndToStatusMs'),
  row('…start of the process → first PullImage call', '≤ 1 s', DAEMON, 'startToFirstPullMs'),
  row('…idle: memory', '≤ 61 MB', DAEMON, 'idleRssMb'),
  row('…with 200 tags: memory', '≤ 75 MB', DAEMON, 'rss200TagsMb'),
  row('…idle: share of a core', '≤ 0.1 %', DAEMON, 'idleCpuPercent'),
  row(
    '…bytes fetched again after a timeout, a new version, a restart',
    'the open request',
    DAEMON,
    'refetchedBytes',
  ),
];

function row(measure: string, target: string, of: Row['of'], field: string): Row {
  return { measure, target, of, field, unit: unitOf(field) };
}

function unitOf(field: string): string {
  if (field.endsWith('Seconds')) return ' s';
  if (field.endsWith('Mb')) return ' MB';
  if (field.endsWith('Percent')) return ' %';
  return field.includes('Ms') ? ' ms' : '';
}

/** The table of docs/performance.md from the JSON lines of many runs; what was not measured says so. */
export function renderReport(results: readonly Result[]): string {
  const lines = ROWS.map(({ measure, target, of, field, unit }) => {
    const values = results
      .filter(result => Object.entries(of).every(([key, value]) => result[key] === value))
      .map(result => valueOf(result, field))
      .filter(value => typeof value === 'number');
    return `| ${measure} | ${target} | ${figure(values, unit)} | ${values.length} |`;
  });
  return ['| measure | target | median (min – max) | runs |', '|---|---|---|---|', ...lines].join(
    '\n',
  );
}

function valueOf(result: Result, field: string): unknown {
  if (field === 'managerCpuMsPerNode') {
    const { managerCpuSeconds, nodes } = result;
    return rounded((Number(managerCpuSeconds) * 1000) / Number(nodes));
  }
  return field.split('.').reduce<unknown>((value, key) => {
    const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
    return fields[key];
  }, result);
}

function figure(values: readonly number[], unit: string): string {
  if (values.length === 0) return 'not measured';
  const show = (value: number): string => String(Number(value.toPrecision(3)));
  const range = `${show(Math.min(...values))} – ${show(Math.max(...values))}`;
  return `${show(median(values))}${unit}${values.length > 1 ? ` (${range})` : ''}`;
}
