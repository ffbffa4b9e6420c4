import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { VERSION } from '../../cli/version.ts';
import { bundle } from './bundle.ts';
import { headstart } from './run-headstart.ts';

const root = new URL('../../', import.meta.url);

/** Names of the npm packages whose code is in `file`, by its source map. */
function packagesIn(file: string): string[] {
  const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] };
  return sources.flatMap(
    source => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.slice(1, 2) ?? [],
  );
}

/** `file` and what it imports when it is loaded, not what it may import later. */
function loadedWith(file: string, folder: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const code = readFileSync(join(folder, file), 'utf8');
  for (const [, imported] of code.matchAll(
    /^(?:import|\}|export .*) ?(?:.*from )?"\.\/([^"]+)";$/gm,
  ))
    if (imported !== undefined) loadedWith(imported, folder, seen);
  return seen;
}

describe('the bundle', () => {
  let folder: string;

  before(async function () {
    this.timeout(60_000);
    folder = await bundle();
  });

  const packagesOf = async (command: string): Promise<Set<string>> => {
    const entry = (await readdir(folder)).find(
      name => name.startsWith(`run-${command}-`) && name.endsWith('.mjs'),
    );
    assert.ok(entry, `no file for ${command}`);
    const files = [...loadedWith('headstart.mjs', folder), ...loadedWith(entry, folder)];
    return new Set(files.flatMap(file => packagesIn(join(folder, file))));
  };

  it('says its version', async () => {
    assert.equal((await headstart('--version')).stdout, `${VERSION}\n`);
  });

  it('prints the manifests, whose definitions it brings along', async () => {
    const committed = readFileSync(new URL('manifests/install.yaml', root), 'utf8');
    assert.ok(
      (await headstart('manifests')).stdout === committed,
      'another text than manifests/install.yaml',
    );
  });

  it('holds packages where they are expected, so that the absence of others means something', async () => {
    const daemon = await packagesOf('daemon');
    const manager = await packagesOf('manager');
    assert.ok(daemon.has('@grpc/grpc-js'));
    assert.ok(['express', 'pino', 'prom-client', 'node-forge'].every(name => manager.has(name)));
  });

  it("keeps the daemon free of the manager's packages and of client-node", async () => {
    const packages = await packagesOf('daemon');
    const unwanted = [
      '@kubernetes/client-node',
      'pino',
      'prom-client',
      'express',
      'node-forge',
      'ajv',
      'yaml',
      '@grpc/proto-loader',
      'protobufjs',
    ];
    assert.deepEqual(
      unwanted.filter(name => packages.has(name)),
      [],
    );
  });

  it('keeps the manager free of client-node until a kubeconfig is read, and of the gRPC client', async () => {
    const packages = await packagesOf('manager');
    assert.deepEqual(
      ['@kubernetes/client-node', '@grpc/grpc-js', 'ajv'].filter(name => packages.has(name)),
      [],
    );
  });

  it('starts the kubectl plugin with commander alone: its help must come at once', () => {
    const files = [...loadedWith('kubectl-headstart.mjs', folder)];
    const packages = new Set(files.flatMap(file => packagesIn(join(folder, file))));
    assert.deepEqual([...packages], ['commander']);
  });
});
