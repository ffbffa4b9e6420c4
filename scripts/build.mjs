// npm run build, or node scripts/build.mjs FOLDER (default dist): headstart.mjs and the files its commands load, with
// everything from node_modules inside.
import { chmod, cp, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { buildDashboard } from './build-dashboard.mjs';

// Packages written as CommonJS call require() of Node's own modules, which ESM does not have.
const requireBanner =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";

const folder = process.argv[2] ?? 'dist';
await rm(folder, { recursive: true, force: true });
/** @type {import('esbuild').BuildOptions & { metafile: true }} */
const options = {
  entryPoints: { headstart: 'cli/main.ts', 'kubectl-headstart': 'cli/plugin/main.ts' },
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  // Commands import what they run when they run: the daemon never parses the manager's code.
  splitting: true,
  // Beside the entry, not in a folder of their own: manifests/crds.ts finds its files relative to itself.
  chunkNames: '[name]-[hash]',
  bundle: true,
  alias: { '@grpc/proto-loader': './scripts/no-proto-loader.mjs' },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'linked',
  legalComments: 'linked',
  banner: { js: requireBanner },
  metafile: true,
  logLevel: 'warning',
};

const result = await build(options).catch(() => undefined); // esbuild has printed what is wrong
if (result === undefined) process.exit(1);
// Both are programs: kubectl runs a plugin by its name.
for (const name of ['headstart', 'kubectl-headstart']) await chmod(`${folder}/${name}.mjs`, 0o755);
await cp('manifests/crds', `${folder}/crds`, { recursive: true });
await buildDashboard(`${folder}/dashboard`);

const bytes = Object.entries(result.metafile.outputs)
  .filter(([path]) => path.endsWith('.mjs'))
  .reduce((sum, [, output]) => sum + output.bytes, 0);
console.log(`${folder}/headstart.mjs and what it loads: ${(bytes / 2 ** 20).toFixed(1)} MiB`);
