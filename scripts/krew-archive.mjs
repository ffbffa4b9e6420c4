// node scripts/krew-archive.mjs DIST FOLDER URL: packs the plugin in DIST (npm run build) as FOLDER/kubectl-headstart.tar.gz, to be
// served under URL, and writes FOLDER/headstart.yaml, the manifest for Krew with the archive's checksum. The same files give the same archive.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const [dist, folder, url] = process.argv.slice(2);
if (dist === undefined || folder === undefined || url === undefined) {
  console.error('usage: node scripts/krew-archive.mjs DIST FOLDER URL');
  process.exit(2);
}
const root = new URL('../', import.meta.url);
mkdirSync(folder, { recursive: true });
// Krew refuses an archive without a license.
copyFileSync(new URL('LICENSE', root), join(dist, 'LICENSE'));
const archive = join(folder, 'kubectl-headstart.tar.gz');
const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
const files = ['LICENSE', ...filesOf('kubectl-headstart.mjs', new Set())];
const tar = execFileSync('tar', [...reproducible, '-C', dist, '-cf', '-', ...files], {
  maxBuffer: 2 ** 28,
});
writeFileSync(archive, execFileSync('gzip', ['-n', '-9'], { input: tar, maxBuffer: 2 ** 28 }));
const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex');
const manifest = parse(readFileSync(new URL('manifests/krew/headstart.yaml', root), 'utf8'));
for (const platform of manifest.spec.platforms) Object.assign(platform, { uri: url, sha256 });
writeFileSync(join(folder, 'headstart.yaml'), stringify(manifest, { lineWidth: 0 }));
console.log(`${archive} and ${join(folder, 'headstart.yaml')}: sha256 ${sha256}`);

/**
 * `file`, the files of the bundle that it loads, now or later, and the licenses of what is inside.
 * @param {string} file
 * @param {Set<string>} seen
 */
function filesOf(file, seen) {
  if (seen.has(file)) return seen;
  seen.add(file);
  const legal = `${file}.LEGAL.txt`;
  if (existsSync(join(dist, legal))) seen.add(legal);
  const code = readFileSync(join(dist, file), 'utf8');
  for (const [, name] of code.matchAll(/"\.\/([\w.-]+\.mjs)"/g)) {
    if (existsSync(join(dist, name))) filesOf(name, seen);
  }
  return seen;
}
