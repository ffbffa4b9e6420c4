import { parseArgs } from 'node:util';

export interface FanoutOptions {
  readonly nodes: number;
  readonly parallelism: number;
  readonly pullMs: number;
  readonly runs: number;
  /** Prints a JSON line for each run. */
  readonly json: boolean;
}

export const USAGE =
  'usage: npm run bench -- fanout [--nodes 500] [--parallelism 50] [--pull-ms 2000] [--runs 1] [--json]';

/** Reads the command line; throws an error that says what is wrong. */
export function readOptions(args: readonly string[]): FanoutOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      nodes: { type: 'string', default: '500' },
      parallelism: { type: 'string', default: '50' },
      'pull-ms': { type: 'string', default: '2000' },
      runs: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.length !== 1 || positionals[0] !== 'fanout') throw new Error(USAGE);
  return {
    nodes: count('nodes', values.nodes),
    parallelism: count('parallelism', values.parallelism),
    pullMs: count('pull-ms', values['pull-ms']),
    runs: count('runs', values.runs),
    json: values.json,
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} must be a whole number above 0, not ${text}`);
}
