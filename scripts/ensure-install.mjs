// Runs before `npm test` and `npm run demo`: installs what package-lock.json says when it is not there yet, with plain Node.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const lock = 'package-lock.json';
const installed = 'node_modules/.package-lock.json';

/** name → version of every package that this platform needs. */
function packages(file) {
  const all = Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages ?? {});
  return new Map(
    all.filter(([path, p]) => path !== '' && !p.optional).map(([path, p]) => [path, p.version]),
  );
}

function isUpToDate() {
  if (!existsSync(installed)) return false;
  const have = packages(installed);
  return [...packages(lock)].every(([path, version]) => have.get(path) === version);
}

if (!isUpToDate()) {
  console.error('Installing dependencies (npm ci) …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  process.exitCode = status ?? 1;
}
