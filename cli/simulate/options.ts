import { OptionReader, type RawOptions } from '../option-reader.ts';
import { parseBandwidth, parseBytes, parseShare, parseSlowNodes } from './quantities.ts';
import type { Scenario } from './scenario.ts';

const OUTPUTS = ['table', 'json', 'yaml'] as const;

export interface SimulateOptions {
  readonly scenario: Scenario;
  /** Look for the smallest parallelism that meets it; undefined: simulate the one of the scenario. */
  readonly deadlineMs: number | undefined;
  readonly output: (typeof OUTPUTS)[number];
  /** Where the chart goes. */
  readonly svg: string | undefined;
}

/** Default of `--parallelism`, where no deadline asks for a search. */
export const DEFAULT_PARALLELISM = 50;
const SIZE = 'a size such as 1200MB, 1.2GB or 1Gi';
const BANDWIDTH = 'a bandwidth such as 1Gbit, 800Mbit or 2.5GB/s';
const SHARE = 'a share from 0% to 100%';
const SLOW = 'a share and a factor such as 5%:10x';
const TIMES = { min: '1s', max: '7d' } as const;

/** Turns the flags of `headstart simulate` into options; throws CONFIG_INVALID with every problem. */
export function readSimulateOptions(raw: RawOptions): SimulateOptions {
  const reader = new OptionReader(raw);
  const deadlineMs =
    reader.text('deadline') === undefined ? undefined : reader.durationMs('deadline', TIMES);
  if (deadlineMs !== undefined && reader.text('parallelism') !== undefined) {
    reader.problem('parallelism', 'is what --deadline looks for: leave one of them out');
  }
  const options = {
    scenario: readScenario(reader),
    deadlineMs,
    output: reader.oneOf('output', OUTPUTS),
    svg: reader.text('svg'),
  };
  reader.finish();
  return options;
}

function readScenario(reader: OptionReader): Scenario {
  return {
    nodes: reader.integer('nodes', { min: 1, max: 20_000 }),
    zones: reader.integer('zones', { min: 1, max: 100 }),
    imageBytes: positive(reader, 'imageSize', parseBytes, SIZE),
    layers: reader.integer('layers', { min: 2, max: 127 }),
    sharedShare: quantity(reader, 'shared', parseShare, SHARE) ?? 0,
    nodeBandwidth: positive(reader, 'nodeBandwidth', parseBandwidth, BANDWIDTH),
    registryBandwidth: positive(reader, 'registryBandwidth', parseBandwidth, BANDWIDTH),
    zoneBandwidth: quantity(reader, 'zoneBandwidth', parseBandwidth, BANDWIDTH),
    parallelism:
      reader.text('parallelism') === undefined
        ? DEFAULT_PARALLELISM
        : reader.integer('parallelism', { min: 1, max: 20_000 }),
    maxPullsPerRegistry: reader.integer('maxPullsPerRegistry', { min: 0, max: 100_000 }),
    failureShare: quantity(reader, 'failures', parseShare, SHARE) ?? 0,
    slow: quantity(reader, 'slowNodes', parseSlowNodes, SLOW) ?? { share: 0, factor: 1 },
    pullTimeoutMs: reader.durationMs('pullTimeout', TIMES),
    seed: reader.integer('seed', { min: 0, max: 2 ** 32 - 1 }),
  };
}

/** Undefined when the flag is absent, or wrong, which is noted. */
function quantity<T>(
  reader: OptionReader,
  name: string,
  parse: (text: string) => T | undefined,
  form: string,
): T | undefined {
  const text = reader.text(name);
  if (text === undefined) return undefined;
  const value = parse(text);
  if (value === undefined) reader.problem(name, `must be ${form}, not '${text}'`);
  return value;
}

function positive(
  reader: OptionReader,
  name: string,
  parse: (text: string) => number | undefined,
  form: string,
): number {
  const value = quantity(reader, name, parse, form);
  if (value === 0) reader.problem(name, 'must be more than nothing');
  return value ?? 1;
}
