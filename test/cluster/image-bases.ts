import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ARCHITECTURES, type Architecture, PLATFORMS, thisArchitecture } from './architecture.ts';
import { binary } from './binaries.ts';
import { type Buildah, buildahIn } from './buildah.ts';
import { mustRun } from './process.ts';

const SOURCES = join(import.meta.dirname, 'image-bases');
const CACHE = join(homedir(), '.cache', 'headstart');

/** The images that stand in for those the Dockerfile names, by its arguments. */
export const baseName = {
  BUILD_IMAGE: (architecture: Architecture) => `localhost/build-${architecture}`,
  NODE_IMAGE: (architecture: Architecture) => `localhost/node-${architecture}`,
  RUNTIME_IMAGE: (architecture: Architecture) => `localhost/runtime-${architecture}`,
} as const;

/** Where prepare-machine.ts puts them; another folder whenever what they are made from changes. */
export function imageBasesFolder(): string {
  const hash = createHash('sha256');
  const sources = ['package-lock.json', 'Dockerfile', 'npm'].map(file => join(SOURCES, file));
  for (const file of [import.meta.filename, ...sources]) hash.update(readFileSync(file));
  return join(CACHE, `image-bases-${hash.digest('hex').slice(0, 12)}`);
}

/**
 * Makes them once, with Node.js of both architectures from the npm registry and the libraries it loads from this
 * machine. Those of the other architecture have no libraries: nothing in them runs here.
 */
export async function makeImageBases(): Promise<void> {
  const folder = imageBasesFolder();
  if (existsSync(folder)) return;
  console.log('Making the images that stand in for node and distroless');
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(`${folder}-unfinished-`);
  try {
    const work = join(unfinished, 'work');
    await downloadNode(work);
    await addImages(buildahIn(unfinished), work);
    await rm(work, { recursive: true });
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function downloadNode(work: string): Promise<void> {
  await mkdir(work);
  for (const file of ['package.json', 'package-lock.json']) {
    await copyFile(join(SOURCES, file), join(work, file));
  }
  // Forced: each of the two packages is for one kind of machine.
  const options = ['--force', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await mustRun(['npm', 'ci', '--prefix', work, ...options], { timeoutMs: 10 * 60_000 });
}

async function addImages(buildah: Buildah, work: string): Promise<void> {
  const here = thisArchitecture();
  const nodeOf = (architecture: Architecture): string =>
    join(work, 'node_modules', `node-linux-${ARCHITECTURES[architecture].node}`, 'bin', 'node');
  const libraries = await librariesOf(nodeOf(here));
  const add = async (name: string, architecture: Architecture, root: string): Promise<void> => {
    const file = ['--file', join(SOURCES, 'Dockerfile')];
    const platform = ['--platform', `linux/${architecture}`];
    await buildah(
      'build',
      '--quiet',
      '--timestamp',
      '0',
      ...file,
      ...platform,
      '--tag',
      name,
      root,
    );
  };
  for (const architecture of PLATFORMS) {
    const node = join(work, `node-${architecture}`);
    await place(nodeOf(architecture), join(node, 'usr/local/bin/node'));
    await add(baseName.NODE_IMAGE(architecture), architecture, node);
    const runtime = join(work, `runtime-${architecture}`);
    await writeRuntime(runtime, architecture === here ? libraries : []);
    await add(baseName.RUNTIME_IMAGE(architecture), architecture, runtime);
  }
  const build = join(work, 'build');
  for (const root of ['runtime', 'node']) {
    await cp(join(work, `${root}-${here}`), build, { recursive: true });
  }
  await writeTools(build);
  // Also as one of the other architecture, though what runs in it is of this machine: buildah 1.28 ignores $BUILDPLATFORM.
  for (const architecture of PLATFORMS)
    await add(baseName.BUILD_IMAGE(architecture), architecture, build);
}

/** What distroless images hold of use to Node.js. */
async function writeRuntime(root: string, libraries: readonly string[]): Promise<void> {
  await mkdir(join(root, 'etc'), { recursive: true });
  const accounts =
    'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n';
  await writeFile(join(root, 'etc', 'passwd'), accounts);
  await mkdir(join(root, 'tmp'));
  await chmod(join(root, 'tmp'), 0o1777);
  for (const library of libraries) await place(library, join(root, library));
}

/** What the stage that builds runs beside Node.js. */
async function writeTools(root: string): Promise<void> {
  await place(binary('busybox'), join(root, 'bin', 'busybox'));
  for (const tool of ['sh', 'find', 'rm', 'chmod']) {
    await symlink('busybox', join(root, 'bin', tool));
  }
  await place(join(SOURCES, 'npm'), join(root, 'usr/local/bin/npm'));
}

async function place(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
}

/** Paths of the libraries a program loads, the loader among them: `libm.so.6 => /lib/libm.so.6 (0x…)`, `/lib64/ld-linux.so.2 (0x…)`. */
async function librariesOf(program: string): Promise<string[]> {
  const printed = await mustRun(['ldd', program]);
  return [...printed.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}
