import { parseArgs } from 'node:util';
import type { Scenario, ScenarioOptions } from './scenario.ts';

/** What is to be measured. */
export interface BenchCommand {
  readonly scenario: Scenario;
  readonly options: ScenarioOptions;
  readonly runs: number;
  /** Prints a JSON line for each run. */
  readonly json: boolean;
}

const FLAGS: readonly (readonly [string, string])[] = [
  ['--nodes N', 'nodes of the cluster'],
  ['--parallelism N', 'nodes of one job that pull at once'],
  ['--pull-ms N', 'how long a pull takes'],
  ['--jitter SHARE', 'by which share pulls differ at random, 0 to 1'],
  ['--pods N', 'pods in the cluster that no job is interested in'],
  ['--jobs N', 'jobs at once (churn)'],
  ['--idle-seconds N', 'how long an idle daemon is watched (daemon)'],
  ['--daemons KIND', 'simulated: one process, one write a pull; real: our daemon for each node'],
  ['--runs N', 'runs, each on a fresh cluster; default 1'],
  ['--json', 'print a JSON line for each run'],
];

/** The text of --help. */
export function usage(scenarios: readonly Scenario[]): string {
  return [
    'usage: npm run bench -- SCENARIO [flags]',
    '       npm run bench -- report FILE…    the table of docs/performance.md from JSON lines',
    '',
    ...scenarios.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`),
    '',
    ...FLAGS.map(([flag, what]) => `  ${flag.padEnd(18)} ${what}`),
  ].join('\n');
}

/** Reads the command line; throws an error that says what is wrong. */
export function readCommand(args: readonly string[], scenarios: readonly Scenario[]): BenchCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      nodes: { type: 'string' },
      parallelism: { type: 'string' },
      'pull-ms': { type: 'string' },
      jitter: { type: 'string' },
      pods: { type: 'string' },
      jobs: { type: 'string' },
      'idle-seconds': { type: 'string' },
      daemons: { type: 'string' },
      runs: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const scenario = scenarios.find(({ name }) => name === positionals[0]);
  if (scenario === undefined || positionals.length !== 1) throw new Error(usage(scenarios));
  const { defaults } = scenario;
  const options = {
    nodes: count('nodes', values.nodes ?? defaults.nodes),
    parallelism: count('parallelism', values.parallelism ?? defaults.parallelism),
    pullMs: count('pull-ms', values['pull-ms'] ?? defaults.pullMs),
    jitter: share('jitter', values.jitter ?? defaults.jitter),
    pods: count('pods', values.pods ?? defaults.pods, 0),
    jobs: count('jobs', values.jobs ?? defaults.jobs),
    idleSeconds: count('idle-seconds', values['idle-seconds'] ?? defaults.idleSeconds),
    daemons: kind(values.daemons ?? defaults.daemons),
  };
  return { scenario, options, runs: count('runs', values.runs), json: values.json };
}

function count(name: string, text: string | number, min = 1): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new Error(`--${name} must be a whole number of at least ${min}, not ${text}`);
}

function share(name: string, text: string | number): number {
  const value = Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new Error(`--${name} must be between 0 and 1, not ${text}`);
}

function kind(text: string): ScenarioOptions['daemons'] {
  if (text === 'simulated' || text === 'real') return text;
  throw new Error(`--daemons must be simulated or real, not ${text}`);
}
