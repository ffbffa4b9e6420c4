import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Architecture, thisArchitecture } from './architecture.ts';
import { buildahIn } from './buildah.ts';
import { baseName, imageBasesFolder } from './image-bases.ts';
import { abandonedWorkFolders, makeWorkFolder, removeWorkFolder } from './work-folder.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..');
const PREFIX = 'headstart-images';

/** What the Dockerfile describes. */
export const TARGETS = ['manager', 'daemon'] as const;

/** See {@link TARGETS}. */
export type Target = (typeof TARGETS)[number];

/** The revision that images of tests are labelled with. */
export const TEST_REVISION = 'revision-of-tests';

/** Carries out the Dockerfile of this checkout, without Docker. */
export interface ImageBuilder extends AsyncDisposable {
  /** Builds a target; what was built before and did not change is used again. Returns the image's id. */
  build(target: Target, architecture?: Architecture): Promise<string>;
  /** Writes a target built for this machine as an OCI layout with the tag `image`. Uncompressed: gzip takes longer than the way through this machine. */
  writeImage(target: Target, layout: string): Promise<void>;
  /** Writes a target as it is published, an index of compressed images of these architectures, as an OCI layout with the tag `image`. */
  writeIndex(target: Target, architectures: readonly Architecture[], layout: string): Promise<void>;
}

/** Of `sources`, a checkout or a copy of one. Needs root, and the images that prepare-machine.ts makes. */
export async function startImageBuilder(sources = CHECKOUT): Promise<ImageBuilder> {
  const bases = imageBasesFolder();
  if (!existsSync(bases)) {
    throw new Error(`${bases} is missing: run node --import tsx test/cluster/prepare-machine.ts`);
  }
  for (const folder of await abandonedWorkFolders(PREFIX)) await removeWorkFolder(folder);
  const folder = await makeWorkFolder(PREFIX);
  const buildah = buildahIn(folder, bases);
  return {
    async build(target, architecture = thisArchitecture()) {
      const command = buildCommand(target, architecture);
      const printed = await buildah('build', ...command, sources);
      return printed.trim().split('\n').at(-1) ?? '';
    },
    async writeImage(target, layout) {
      const name = nameOf(target, thisArchitecture());
      await buildah('push', '--quiet', '--disable-compression', name, `oci:${layout}:image`);
    },
    async writeIndex(target, architectures, layout) {
      const index = `localhost/${target}`;
      await buildah('manifest', 'create', index);
      for (const architecture of architectures) {
        await buildah('manifest', 'add', index, nameOf(target, architecture));
      }
      await buildah('manifest', 'push', '--quiet', '--all', index, `oci:${layout}:image`);
    },
    [Symbol.asyncDispose]: () => removeWorkFolder(folder),
  };
}

function buildCommand(target: Target, architecture: Architecture): readonly string[] {
  const values = {
    BUILD_IMAGE: baseName.BUILD_IMAGE(architecture),
    NODE_IMAGE: baseName.NODE_IMAGE(architecture),
    RUNTIME_IMAGE: baseName.RUNTIME_IMAGE(architecture),
    REVISION: TEST_REVISION,
  };
  const kind = ['--isolation', 'chroot', '--pull-never', '--format', 'oci', '--timestamp', '0'];
  const which = ['--platform', `linux/${architecture}`, '--target', target];
  const bases = Object.entries(values).map(([name, value]) => `--build-arg=${name}=${value}`);
  // Of the machine's installation; npm of the stand-in takes it for what it was told to install.
  const modules = `--volume=${join(CHECKOUT, 'node_modules')}:/src/node_modules:ro`;
  const tag = ['--tag', nameOf(target, architecture)];
  return ['--layers', ...kind, ...which, ...bases, modules, ...tag];
}

const nameOf = (target: Target, architecture: Architecture): string =>
  `localhost/${target}-${architecture}`;
