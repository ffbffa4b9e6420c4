import { structured } from '../plugin/structured-output.ts';
import { findingsOf } from './findings.ts';
import type { SimulateOptions } from './options.ts';
import { reportLines } from './report.ts';
import { simulate } from './simulate.ts';

/** Simulates and prints what it shows. */
export async function runSimulate(
  { scenario, output }: SimulateOptions,
  signal: AbortSignal,
): Promise<void> {
  const findings = findingsOf(await simulate(scenario, signal));
  const lines = output === 'table' ? reportLines(findings) : structured(output, findings);
  for (const line of lines) console.log(line);
}
