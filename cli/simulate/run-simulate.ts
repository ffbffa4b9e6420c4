import { writeFile } from 'node:fs/promises';
import { describeError, HeadstartError } from '../../runtime/errors.ts';
import { structured } from '../plugin/structured-output.ts';
import { findingsOf } from './findings.ts';
import type { SimulateOptions } from './options.ts';
import { reportLines } from './report.ts';
import { searchParallelism } from './search.ts';
import { type Simulation, simulate } from './simulate.ts';
import { duration } from './units.ts';

/** Simulates and prints what it shows. */
export async function runSimulate(options: SimulateOptions, signal: AbortSignal): Promise<void> {
  const { output, svg } = options;
  const findings = findingsOf(await simulated(options, signal));
  const lines = output === 'table' ? reportLines(findings) : structured(output, findings);
  for (const line of lines) console.log(line);
  if (svg === undefined) return;
  const { chart } = await import('./chart.ts');
  await write(svg, chart(findings));
}

function simulated(
  { scenario, deadlineMs }: SimulateOptions,
  signal: AbortSignal,
): Promise<Simulation> {
  if (deadlineMs === undefined) return simulate(scenario, signal);
  return searchParallelism(scenario, deadlineMs, async parallelism => {
    const tried = await simulate({ ...scenario, parallelism }, signal);
    // Beside the answer, which may be read by a program.
    console.error(`parallelism ${parallelism}: ${duration(tried.makespanMs / 1000)}`);
    return tried;
  });
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const message = `--svg ${path} could not be written: ${describeError(error)}`;
    throw new HeadstartError('CONFIG_INVALID', message, { cause: error });
  }
}
