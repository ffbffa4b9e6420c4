// npm run bench -- SCENARIO …: measures Headstart on a real kube-apiserver. --help tells what there is.
import { readFile } from 'node:fs/promises';
import { readCommand, usage } from './options.ts';
import { renderReport } from './report.ts';
import type { Result } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { renderTable } from './table.ts';

const [first = '--help', ...rest] = process.argv.slice(2);
if (first === '--help') console.log(usage(SCENARIOS));
else if (first === 'report') await report(rest);
else await bench([first, ...rest]);

async function bench(args: readonly string[]): Promise<void> {
  const { scenario, options, runs, json } = readCommand(args, SCENARIOS);
  const results: Result[] = [];
  for (let run = 0; run < runs; run++) {
    const result = { scenario: scenario.name, ...options, ...(await scenario.run(options)) };
    if (json) console.log(JSON.stringify(result));
    results.push(result);
  }
  console.log(renderTable(results));
}

async function report(files: readonly string[]): Promise<void> {
  const texts = await Promise.all(files.map(file => readFile(file, 'utf8')));
  const lines = texts.flatMap(text => text.split('\n')).filter(line => line.startsWith('{'));
  console.log(renderReport(lines.map(line => JSON.parse(line) as Result)));
}
