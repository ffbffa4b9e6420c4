import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { VERSION } from '../../cli/version.ts';
import { bundle } from '../cli/bundle.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const run = promisify(execFile);
const URL_OF_ARCHIVE = 'https://example.com/kubectl-headstart.tar.gz';

/** The fields that Krew asks for (krew, plugin manifest). */
interface KrewManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly homepage: string;
    readonly shortDescription: string;
    readonly description: string;
    readonly platforms: readonly {
      readonly uri: string;
      readonly sha256: string;
      readonly bin: string;
      readonly selector: unknown;
    }[];
  };
}

describe('the archive for Krew', function () {
  this.timeout(60_000);
  this.slow(5000);

  it('fits its manifest, and holds the program of this version', async () => {
    await using temp = await makeTempFolder();
    const [dist, out, installed] = ['dist', 'out', 'installed'].map(name => join(temp.path, name));
    assert.ok(dist && out && installed);
    await cp(await bundle(), dist, { recursive: true });
    const args = [join(import.meta.dirname, '../../scripts/krew-archive.mjs'), dist, out];
    await run(process.execPath, [...args, URL_OF_ARCHIVE]);
    const manifest = parse(await readFile(join(out, 'headstart.yaml'), 'utf8')) as KrewManifest;
    const { apiVersion, kind, metadata, spec } = manifest;
    assert.deepEqual(
      [apiVersion, kind],
      ['krew.googlecontainertools.github.com/v1alpha2', 'Plugin'],
    );
    assert.equal(metadata.name, 'headstart');
    assert.equal(spec.version, `v${VERSION}`);
    assert.match(spec.homepage, /^https:/);
    assert.ok(spec.shortDescription.length <= 50 && !spec.shortDescription.endsWith('.'));
    const archive = join(out, 'kubectl-headstart.tar.gz');
    const sum = createHash('sha256')
      .update(await readFile(archive))
      .digest('hex');
    await mkdir(installed);
    await run('tar', ['-xzf', archive, '-C', installed]);
    await readFile(join(installed, 'LICENSE'));
    assert.equal(spec.platforms.length, 1);
    for (const { uri, sha256, bin } of spec.platforms) {
      assert.deepEqual([uri, sha256], [URL_OF_ARCHIVE, sum]);
      const said: { stdout: string } = await run(join(installed, bin), ['--version']);
      assert.equal(said.stdout, `${VERSION}\n`);
    }
    // Commands load more of the bundle when they run.
    const status = run(join(installed, 'kubectl-headstart.mjs'), ['status', '--kubeconfig=/none']);
    await assert.rejects(status, /error: cannot read kubeconfig \/none: ENOENT/);
  });
});
