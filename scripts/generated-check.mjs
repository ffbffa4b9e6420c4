// npm run generated:check: generates what is committed once more, beside it, and compares.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';

/** Each generated file, or folder with generated files, with the arguments of node that write it to the path that follows them. */
const GENERATED = [
  {
    file: 'daemon/cri/cri.gen.ts',
    by: ['scripts/generate-cri.mjs', 'daemon/cri/api.proto'],
  },
  {
    file: 'daemon/containerd/content.gen.ts',
    by: ['scripts/generate-cri.mjs', 'daemon/containerd/content.proto'],
  },
  {
    file: 'daemon/containerd/leases.gen.ts',
    by: ['scripts/generate-cri.mjs', 'daemon/containerd/leases.proto'],
  },
  { file: 'manifests/install.yaml', by: ['--import', 'tsx', 'scripts/generate-manifests.ts'] },
  {
    file: 'manifests/observability/grafana-dashboard.json',
    by: ['--import', 'tsx', 'scripts/generate-dashboard.ts'],
  },
  { file: 'docs/reference/fields.md', by: ['--import', 'tsx', 'scripts/generate-fields.ts'] },
  { file: 'manifests/chart', by: ['--import', 'tsx', 'scripts/generate-chart.ts'] },
];

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'generated-check-'));

/** Says what is wrong with a committed file; undefined when it is what its generator writes. */
function problemOf({ file, by }) {
  const fresh = join(folder, basename(file));
  const { status, stderr } = spawnSync(process.execPath, [...by, fresh], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) return `${file} cannot be generated: ${stderr.trim()}`;
  const stale = filesOf(fresh).find(
    path => read(join(root, file, path)) !== read(join(fresh, path)),
  );
  return stale === undefined ? undefined : `${join(file, stale)} is stale: npm run generate`;
}

/** Paths below a folder; of a file only the empty one. */
function filesOf(path) {
  if (statSync(path).isFile()) return [''];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(relative(path, parentPath), name));
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

try {
  const problems = GENERATED.map(problemOf).filter(problem => problem !== undefined);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
