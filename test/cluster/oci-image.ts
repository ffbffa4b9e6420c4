import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface OciImage {
  /** One folder a layer, lowest first; its files belong to root in the image. */
  readonly layers: readonly string[];
  /** Uncompressed layers are quicker to make and to unpack. Default true. */
  readonly compress?: boolean;
  readonly tag: string;
  /** `config` of the OCI image configuration: Entrypoint, Cmd, Env, User, WorkingDir, … */
  readonly config: Readonly<Record<string, unknown>>;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Writes an OCI image layout (image-spec 1.0) into `folder`, which `skopeo copy oci:FOLDER:TAG …` takes to a registry.
 * The same files give the same digests: times and owners are fixed.
 */
export async function writeOciImage(folder: string, image: OciImage): Promise<Descriptor> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const layers: Descriptor[] = [];
  const diffIds: string[] = [];
  for (const layer of image.layers) {
    const { descriptor, diffId } = await writeLayer(blobs, layer, image.compress ?? true);
    layers.push(descriptor);
    diffIds.push(diffId);
  }
  const config = await writeJson(blobs, 'application/vnd.oci.image.config.v1+json', {
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    os: 'linux',
    config: image.config,
    rootfs: { type: 'layers', diff_ids: diffIds },
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await writeJson(blobs, mediaType, {
    schemaVersion: 2,
    mediaType,
    config,
    layers,
  });
  const annotations = { 'org.opencontainers.image.ref.name': image.tag };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return manifest;
}

/** Node's names of processors → Go's, which OCI uses. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

async function writeJson(blobs: string, mediaType: string, value: unknown): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(value));
  const hash = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(blobs, hash), bytes);
  return { mediaType, digest: `sha256:${hash}`, size: bytes.length };
}

async function writeLayer(
  blobs: string,
  folder: string,
  compress: boolean,
): Promise<{ descriptor: Descriptor; diffId: string }> {
  const unfinished = join(blobs, `unfinished-${process.pid}`);
  const diffHash = createHash('sha256');
  const tar = tarOf(folder);
  const plain = new PassThrough();
  plain.on('data', chunk => diffHash.update(chunk));
  const compressor = compress ? createGzip({ level: 6 }) : new PassThrough();
  await Promise.all([
    pipeline(tar.stdout, plain, compressor, createWriteStream(unfinished)),
    tar.ended,
  ]);
  const fileHash = createHash('sha256');
  await pipeline(createReadStream(unfinished), fileHash);
  const hash = fileHash.digest('hex');
  await rename(unfinished, join(blobs, hash));
  return {
    diffId: `sha256:${diffHash.digest('hex')}`,
    descriptor: {
      mediaType: `application/vnd.oci.image.layer.v1.tar${compress ? '+gzip' : ''}`,
      digest: `sha256:${hash}`,
      size: (await stat(join(blobs, hash))).size,
    },
  };
}

function tarOf(folder: string): { readonly stdout: Readable; readonly ended: Promise<void> } {
  const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const child = spawn('tar', ['-C', folder, ...fixed, '-cf', '-', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code =>
      code === 0 ? resolve() : reject(new Error(`tar of ${folder} ended with ${code}`)),
    );
  });
  return { stdout: child.stdout, ended };
}
