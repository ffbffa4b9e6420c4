// Writes manifests/observability/grafana-dashboard.json, or the file that is named: node --import tsx scripts/generate-dashboard.ts [FILE].
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { grafanaDashboard } from '../manifests/observability/dashboard.ts';

const root = resolve(import.meta.dirname, '..');
const [file = resolve(root, 'manifests/observability/grafana-dashboard.json')] =
  process.argv.slice(2);

// Formatted as everything else is, so that npm run format leaves it alone.
const format = ['format', '--stdin-file-path=grafana-dashboard.json'];
const input = JSON.stringify(grafanaDashboard());
writeFileSync(
  file,
  execFileSync(resolve(root, 'node_modules/.bin/biome'), format, { cwd: root, input }),
);
