import { createHash } from 'node:crypto';
import { canonicalName, type ImageReference, parseImageReference } from '../api/image-reference.ts';
import { HeadstartError } from '../runtime/errors.ts';
import type { Link } from './max-min-fair.ts';

/** A layer; nodes that have one with this digest do not fetch it again. */
export interface SimulatedLayer {
  readonly digest: string;
  readonly sizeBytes: number;
}

export interface SimulatedImage {
  /** Digest of the manifest, what `name@digest` means. */
  readonly digest: string;
  /** Digest of the configuration, which runtimes use as the image's id. */
  readonly id: string;
  readonly layers: readonly SimulatedLayer[];
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What a registry says to a request for a manifest. */
export type ManifestAnswer =
  | { readonly kind: 'found'; readonly image: SimulatedImage }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unauthorized' };

export interface RegistryModelOptions {
  /** All downloads share it. Absent: the registry is as fast as the nodes. */
  readonly uplink?: Link;
  /** Given: images that nobody pushed exist too, of this size. */
  readonly anyImageSizeBytes?: number;
}

/** What stands in all registries of a simulation, and who may read it. */
export class RegistryModel {
  readonly uplink: Link | undefined;
  readonly #anyImageSizeBytes: number | undefined;
  /** By canonical name, then by tag and by digest. */
  readonly #repositories = new Map<string, Map<string, SimulatedImage>>();
  /** Users and passwords, by canonical name. */
  readonly #users = new Map<string, ReadonlyMap<string, string>>();

  constructor(options: RegistryModelOptions = {}) {
    this.uplink = options.uplink;
    this.#anyImageSizeBytes = options.anyImageSizeBytes;
  }

  /** Puts an image under `text`, of one new layer unless `layers` are given. A tag that exists moves to the new image. */
  push(
    text: string,
    content: { readonly sizeBytes?: number; readonly layers?: readonly SimulatedLayer[] } = {},
  ): SimulatedImage {
    const reference = mustParse(text);
    const images = this.#imagesOf(reference);
    const seed = `${canonicalName(reference)}:${reference.tag} ${images.size}`;
    const layers = content.layers ?? [layer(seed, content.sizeBytes ?? 0)];
    const image = { digest: digest(`manifest ${seed}`), id: digest(`config ${seed}`), layers };
    images.set(image.digest, image);
    images.set(reference.tag ?? 'latest', image);
    return image;
  }

  /** From now on only these users (name → password) may read the repository of `text`. */
  protect(text: string, users: Readonly<Record<string, string>>): void {
    this.#users.set(canonicalName(mustParse(text)), new Map(Object.entries(users)));
  }

  /** Looks a manifest up, as `auth` may see it. */
  manifest(reference: ImageReference, auth: Credentials | undefined): ManifestAnswer {
    const users = this.#users.get(canonicalName(reference));
    const isAllowed = auth !== undefined && users?.get(auth.username) === auth.password;
    if (users !== undefined && !isAllowed) return { kind: 'unauthorized' };
    const key = reference.digest ?? reference.tag ?? 'latest';
    const image = this.#imagesOf(reference).get(key) ?? this.#inventImage(reference, key);
    return image === undefined ? { kind: 'not-found' } : { kind: 'found', image };
  }

  #inventImage(reference: ImageReference, key: string): SimulatedImage | undefined {
    if (this.#anyImageSizeBytes === undefined) return undefined;
    const seed = `${canonicalName(reference)} ${key}`;
    const image = {
      digest: reference.digest ?? digest(`manifest ${seed}`),
      id: digest(`config ${seed}`),
      layers: [layer(seed, this.#anyImageSizeBytes)],
    };
    this.#imagesOf(reference).set(key, image).set(image.digest, image);
    return image;
  }

  #imagesOf(reference: ImageReference): Map<string, SimulatedImage> {
    const name = canonicalName(reference);
    const images = this.#repositories.get(name) ?? new Map<string, SimulatedImage>();
    this.#repositories.set(name, images);
    return images;
  }
}

function layer(seed: string, sizeBytes: number): SimulatedLayer {
  return { digest: digest(`layer ${seed}`), sizeBytes };
}

function digest(seed: string): string {
  return `sha256:${createHash('sha256').update(seed).digest('hex')}`;
}

function mustParse(text: string): ImageReference {
  const parsed = parseImageReference(text);
  if (parsed.ok) return parsed.reference;
  throw new HeadstartError('IMAGE_REFERENCE_INVALID', `image "${text}" ${parsed.message}`);
}
