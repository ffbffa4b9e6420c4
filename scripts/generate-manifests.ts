// Writes manifests/install.yaml and the dashboard, or the install.yaml that is named: node --import tsx scripts/generate-manifests.ts [FILE].
import { writeFileSync } from 'node:fs';
import { renderInstall } from '../manifests/render.ts';

const [file] = process.argv.slice(2);
writeFileSync(file ?? new URL('../manifests/install.yaml', import.meta.url), renderInstall({}));
if (file === undefined) await import('./generate-dashboard.ts');
