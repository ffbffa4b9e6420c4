// Writes what is generated of the Helm chart, into manifests/chart or the folder that is named: node --import tsx scripts/generate-chart.ts [FOLDER].
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { chartFiles } from '../manifests/chart-files.ts';
import { chartReadme } from '../manifests/chart-readme.ts';

const [folder = resolve(import.meta.dirname, '../manifests/chart')] = process.argv.slice(2);
mkdirSync(resolve(folder, 'files'), { recursive: true });
writeFileSync(resolve(folder, 'README.md'), chartReadme());
for (const [name, text] of Object.entries(chartFiles())) {
  writeFileSync(resolve(folder, 'files', name), text);
}
