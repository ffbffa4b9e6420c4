import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeOciImage } from './oci-image.ts';
import type { Registry } from './registry.ts';
import { pushOciImage } from './test-image.ts';

export interface LayeredImage {
  /** Of its manifest. */
  readonly digest: string;
  /** Of its layers and configuration, as they are sent. */
  readonly bytes: number;
}

/** Pushes an image of random layers of these sizes as `name` under each of `tags`, past the registry's door. */
export async function pushLayeredImage(
  { backend }: Registry,
  name: string,
  tags: readonly string[],
  layerSizes: readonly number[],
): Promise<LayeredImage> {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-layers-'));
  try {
    const layers: string[] = [];
    for (const size of layerSizes) {
      const layer = join(folder, `layer-${layers.length}`);
      await mkdir(layer);
      await writeFile(join(layer, `padding-${layers.length}`), randomBytes(size));
      layers.push(layer);
    }
    const layout = join(folder, 'oci');
    const { digest } = await writeOciImage(layout, {
      layers,
      compress: false,
      tag: 'image',
      config: { Env: [`NAME=${name}`] },
    });
    for (const tag of tags) await pushOciImage(`${layout}:image`, `${backend}/${name}:${tag}`);
    return { digest, bytes: await bytesOf(`http://${backend}/v2/${name}/manifests/${digest}`) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bytesOf(manifestUrl: string): Promise<number> {
  const headers = { accept: 'application/vnd.oci.image.manifest.v1+json' };
  const manifest = (await (await fetch(manifestUrl, { headers })).json()) as {
    config: { size: number };
    layers: { size: number }[];
  };
  return [manifest.config, ...manifest.layers].reduce((sum, { size }) => sum + size, 0);
}
