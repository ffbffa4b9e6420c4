// npm run bench -- fanout …: how fast a job reaches all nodes, on a real kube-apiserver.
import { fanout } from './fanout.ts';
import { readOptions } from './options.ts';
import type { FanoutResult } from './result.ts';
import { renderTable } from './table.ts';

const options = readOptions(process.argv.slice(2));
const results: FanoutResult[] = [];
for (let run = 0; run < options.runs; run++) {
  const result = await fanout(options);
  if (options.json) console.log(JSON.stringify(result));
  results.push(result);
}
console.log(renderTable(results));
