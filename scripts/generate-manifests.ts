// Writes manifests/install.yaml, the dashboard, the page of fields and what is generated of the Helm chart, or the install.yaml that is named: node --import tsx scripts/generate-manifests.ts [FILE].
import { writeFileSync } from 'node:fs';
import { renderInstall } from '../manifests/render.ts';

const [file] = process.argv.slice(2);
writeFileSync(file ?? new URL('../manifests/install.yaml', import.meta.url), renderInstall({}));
if (file === undefined) {
  await import('./generate-dashboard.ts');
  await import('./generate-fields.ts');
  // After the dashboard, which the chart holds a copy of.
  await import('./generate-chart.ts');
}
