// The page of the dashboard as files that a browser loads: one script, one style sheet, nothing from anywhere else.
import { cp, mkdir } from 'node:fs/promises';
import { build } from 'esbuild';

/** Builds the page into `folder`; throws after esbuild has printed what is wrong. */
export async function buildDashboard(folder) {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: { page: 'dashboard/page/main.tsx' },
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome115', 'firefox121', 'safari17'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'linked',
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'page.css', 'icon.svg']) {
    await cp(`dashboard/page/${file}`, `${folder}/${file}`);
  }
}
