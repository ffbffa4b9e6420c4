// Writes manifests/install.yaml, or the file that is named: node --import tsx scripts/generate-manifests.ts [FILE].
import { writeFileSync } from 'node:fs';
import { renderInstall } from '../manifests/render.ts';

const [file = new URL('../manifests/install.yaml', import.meta.url)] = process.argv.slice(2);
writeFileSync(file, renderInstall({}));
