import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from './process.ts';

/** An image of an index, as far as tests look at it. */
export interface PlatformImage {
  readonly architecture: string;
  readonly config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Cmd: readonly string[];
    readonly Env: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
  /** Files of its compressed layers, lowest first, named by their digests. */
  readonly layers: readonly { readonly file: string; readonly sizeBytes: number }[];
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture: string };
}

/** The images of the index that is alone in an OCI layout. */
export async function readIndex(layout: string): Promise<readonly PlatformImage[]> {
  const fileOf = ({ digest }: Descriptor): string =>
    join(layout, 'blobs', digest.replace(':', '/'));
  const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
  const manifestsOf = async (file: string): Promise<readonly Descriptor[]> =>
    ((await read(file)) as { readonly manifests: readonly Descriptor[] }).manifests;
  const [index] = await manifestsOf(join(layout, 'index.json'));
  if (index === undefined) throw new Error(`${layout} is empty`);
  const images: PlatformImage[] = [];
  for (const descriptor of await manifestsOf(fileOf(index))) {
    const manifest = (await read(fileOf(descriptor))) as {
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
    };
    const { config } = (await read(fileOf(manifest.config))) as Pick<PlatformImage, 'config'>;
    const layers = manifest.layers.map(layer => ({ file: fileOf(layer), sizeBytes: layer.size }));
    images.push({ architecture: descriptor.platform?.architecture ?? '', config, layers });
  }
  return images;
}

/** A file, folder or link in a layer. */
export interface LayerEntry {
  readonly path: string;
  /** As `ls -l` prints it. */
  readonly mode: string;
  /** `uid/gid` */
  readonly owner: string;
}

/** What a compressed layer holds. */
export async function readLayer(file: string): Promise<readonly LayerEntry[]> {
  const printed = await mustRun(['tar', '--numeric-owner', '-tvzf', file]);
  return [...printed.matchAll(/^(\S+) (\S+) +\d+ \S+ \S+ (\S+)/gm)].map(
    ([, mode = '', owner = '', path = '']) => ({ mode, owner, path }),
  );
}

/** Of the ELF program `path` in a compressed layer: see elf(5). */
export async function machineOf(file: string, path: string): Promise<number> {
  const read = `tar -xzOf "$0" "$1" | head -c 20 | od -An -j18 -N2 -tu2`;
  return Number(await mustRun(['sh', '-c', read, file, path]));
}
