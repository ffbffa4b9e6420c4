import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VERSION } from '../../cli/version.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { ARCHITECTURES, type Architecture, PLATFORMS, thisArchitecture } from './architecture.ts';
import {
  type ImageBuilder,
  startImageBuilder,
  TARGETS,
  type Target,
  TEST_REVISION,
} from './image-builder.ts';
import { machineOf, type PlatformImage, readIndex, readLayer } from './oci-layout.ts';
import { mustRun } from './process.ts';

/** Of the 60 MB an image may have. The rest is for distroless/cc, which the base here stands in for: the packages it is made of have 7 MB as .deb files. */
const MOST_BYTES_ON_TOP_OF_BASE = 51e6;

/** A copy, so that all builds see the same although somebody may be at work on the checkout. */
async function copySources(to: string): Promise<void> {
  const checkout = join(import.meta.dirname, '..', '..');
  const ignored = (await readFile(join(checkout, '.dockerignore'), 'utf8')).trim().split('\n');
  for (const name of await readdir(checkout)) {
    if (!ignored.includes(name))
      await cp(join(checkout, name), join(to, name), { recursive: true });
  }
  await cp(join(checkout, '.dockerignore'), join(to, '.dockerignore'));
}

describe('the container images', () => {
  let builder: ImageBuilder;
  let folder: TempFolder;
  let sources: string;
  let id: string;
  const images = new Map<Target, readonly PlatformImage[]>();
  before(async () => {
    folder = await makeTempFolder();
    sources = join(folder.path, 'sources');
    await copySources(sources);
    builder = await startImageBuilder(sources);
    id = await builder.build('manager');
    for (const target of TARGETS) {
      for (const architecture of PLATFORMS) await builder.build(target, architecture);
      const layout = join(folder.path, target);
      await builder.writeIndex(target, PLATFORMS, layout);
      images.set(target, await readIndex(layout));
    }
  });
  after(async () => {
    await builder?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  const each = (): [Target, PlatformImage][] =>
    [...images].flatMap(([target, all]) =>
      all.map(image => [target, image] as [Target, PlatformImage]),
    );
  const ownLayers = ({ layers }: PlatformImage): PlatformImage['layers'] => layers.slice(1);

  it('are there for amd64 and arm64', () => {
    assert.deepEqual(
      each().map(([target, { architecture }]) => `${target} ${architecture}`),
      TARGETS.flatMap(target => PLATFORMS.map(architecture => `${target} ${architecture}`)),
    );
  });

  it('hold the Node.js of their architecture', async () => {
    for (const [, image] of each()) {
      const [node] = ownLayers(image);
      assert.ok(node);
      const { machine } = ARCHITECTURES[image.architecture as Architecture];
      assert.equal(await machineOf(node.file, 'usr/local/bin/node'), machine);
    }
  });

  it('say what they are', () => {
    for (const [target, { config }] of each()) {
      const label = (name: string) => config.Labels[`org.opencontainers.image.${name}`];
      assert.equal(label('title'), `headstart-${target}`);
      assert.equal(label('version'), VERSION);
      assert.equal(label('revision'), TEST_REVISION);
      assert.equal(label('licenses'), 'Apache-2.0');
      assert.match(label('source') ?? '', /^https:/);
      assert.match(label('description') ?? '', /\.$/);
    }
  });

  it('start their part of the program, the manager without root', () => {
    const users = { manager: '65532:65532', daemon: '0:0' } as const;
    for (const [target, { config }] of each()) {
      assert.equal(config.User, users[target]);
      assert.deepEqual(config.Entrypoint, ['/usr/local/bin/headstart']);
      assert.deepEqual(config.Cmd, [target]);
      assert.ok(config.Env.includes('NODE_ENV=production'));
    }
  });

  it('stay below 60 MB on the wire', () => {
    for (const [target, image] of each()) {
      const bytes = ownLayers(image).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const what = `${target} ${image.architecture}: ${(bytes / 1e6).toFixed(1)} MB on top of its base`;
      console.log(`      ${what}`);
      assert.ok(bytes <= MOST_BYTES_ON_TOP_OF_BASE, what);
    }
  });

  it('share all layers with files between manager and daemon', () => {
    const [managers, daemons] = [images.get('manager') ?? [], images.get('daemon') ?? []];
    const digests = ({ layers }: PlatformImage): string[] =>
      layers.map(({ file }) => file.split('/').at(-1) ?? '');
    assert.deepEqual(managers.map(digests), daemons.map(digests));
  });

  it('hold files of root that nobody may write', async () => {
    for (const [, image] of each()) {
      for (const { file } of ownLayers(image)) {
        for (const { path, mode, owner } of await readLayer(file)) {
          assert.equal(owner, '0/0', path);
          assert.match(mode, mode.startsWith('d') ? /^d...[r-]-.[r-]-.$/ : /^-r-.r-.r-.$/, path);
        }
      }
    }
  });

  it('hold the program and no package manager, shell, source map or node_modules', async () => {
    for (const [, image] of each()) {
      const entries = await Promise.all(image.layers.map(({ file }) => readLayer(file)));
      const paths = entries.flat().map(({ path }) => `/${path}`);
      for (const path of ['/app/headstart.mjs', '/app/LICENSE', '/usr/local/bin/headstart']) {
        assert.ok(paths.includes(path), path);
      }
      const unwanted =
        /\/(npm|npx|yarn|corepack|sh|bash|busybox)$|\.map$|node_modules|\.npmrc$|\.ts$/;
      assert.deepEqual(
        paths.filter(path => unwanted.test(path)),
        [],
      );
    }
  });

  it('run for a user without a name, with nothing of this machine', async () => {
    const image = images.get('daemon')?.find(found => found.architecture === thisArchitecture());
    assert.ok(image);
    const root = join(folder.path, 'root');
    await mkdir(root);
    for (const { file } of image.layers) await mustRun(['tar', '-xzf', file, '-C', root]);
    const command = [...image.config.Entrypoint, '--version'];
    const printed = await mustRun(['chroot', '--userspec=1234567:1234567', root, ...command]);
    assert.equal(printed.trim(), VERSION);
  });

  it('are the same to the last bit when they are built again', async () => {
    await using again = await startImageBuilder(sources);
    assert.equal(await again.build('manager'), id);
  });
});
