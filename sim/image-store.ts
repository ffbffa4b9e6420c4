import { canonicalName, type ImageReference, parseImageReference } from '../api/image-reference.ts';
import type { SimulatedImage } from './registry-model.ts';

/** An image a node has, under the names it was pulled by. */
export interface StoredImage {
  readonly image: SimulatedImage;
  /** `docker.io/library/nginx:1` */
  readonly repoTags: Set<string>;
  /** `docker.io/library/nginx@sha256:…` */
  readonly repoDigests: Set<string>;
}

/** The images of one node, found and named as containerd does it. */
export class ImageStore {
  readonly #images = new Map<string, StoredImage>();

  list(): readonly StoredImage[] {
    return [...this.#images.values()];
  }

  /**
   * Finds by familiar or whole name, by digest, or by a prefix of the id. An empty text is a prefix of every id and
   * finds some image, as in containerd.
   */
  find(text: string): StoredImage | undefined {
    const named = this.#findByName(text);
    if (named !== undefined) return named;
    const prefix = text.startsWith('sha256:') ? text : `sha256:${text}`;
    return this.list().find(({ image }) => image.id.startsWith(prefix));
  }

  /** Adds an image that was pulled by `reference`. A tag moves away from the image that had it. */
  add(reference: ImageReference, image: SimulatedImage): void {
    const name = canonicalName(reference);
    const stored = this.#images.get(image.id) ?? {
      image,
      repoTags: new Set<string>(),
      repoDigests: new Set<string>(),
    };
    stored.repoDigests.add(`${name}@${image.digest}`);
    if (reference.digest === undefined) {
      const tagged = `${name}:${reference.tag ?? 'latest'}`;
      for (const other of this.#images.values()) other.repoTags.delete(tagged);
      stored.repoTags.add(tagged);
    }
    this.#images.set(image.id, stored);
  }

  /** Removes the image that `text` finds, with all its names. */
  remove(text: string): void {
    const stored = text === '' ? undefined : this.find(text);
    if (stored !== undefined) this.#images.delete(stored.image.id);
  }

  /** True when an image has this manifest or this layer. */
  needs(digest: string): boolean {
    return this.list().some(
      ({ image }) => image.digest === digest || image.layers.some(layer => layer.digest === digest),
    );
  }

  #findByName(text: string): StoredImage | undefined {
    const parsed = parseImageReference(text);
    if (!parsed.ok) return undefined;
    const { tag = 'latest', digest } = parsed.reference;
    const name = canonicalName(parsed.reference);
    return this.list().find(({ repoTags, repoDigests }) =>
      digest === undefined ? repoTags.has(`${name}:${tag}`) : repoDigests.has(`${name}@${digest}`),
    );
  }
}

/** Bytes of all layers. */
export function sizeOf(image: SimulatedImage): number {
  return image.layers.reduce((sum, layer) => sum + layer.sizeBytes, 0);
}
