import type { SimulatedImage } from './registry-model.ts';

/** A lease on content. */
export interface SimulatedLease {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Digests of what it holds. */
  readonly holds: Set<string>;
}

/** A layer on the node, complete or not. */
export interface LayerContent {
  readonly doneBytes: number;
  readonly sizeBytes: number;
}

/** The content store of one simulated node and the leases that hold what no image holds yet, as in containerd. */
export class ContentModel {
  readonly #leases = new Map<string, SimulatedLease>();
  readonly #layers = new Map<string, LayerContent>();
  readonly #manifests = new Map<string, SimulatedImage>();
  readonly #isInImage: (digest: string) => boolean;
  #leasesMade = 0;

  /** `isInImage` says of a digest whether an image of the node needs it. */
  constructor(isInImage: (digest: string) => boolean) {
    this.#isInImage = isInImage;
  }

  get leases(): ReadonlyMap<string, SimulatedLease> {
    return this.#leases;
  }

  /** Layers that are complete or under way, by digest. */
  get layers(): ReadonlyMap<string, LayerContent> {
    return this.#layers;
  }

  /** Those that came for a pull and are held. */
  get manifests(): ReadonlyMap<string, SimulatedImage> {
    return this.#manifests;
  }

  createLease(labels: SimulatedLease['labels']): SimulatedLease {
    const lease = { id: `lease-${++this.#leasesMade}`, labels, holds: new Set<string>() };
    this.#leases.set(lease.id, lease);
    return lease;
  }

  /** Deletes a lease, and with it everything that nothing else holds. False when there is none. */
  deleteLease(id: string): boolean {
    const existed = this.#leases.delete(id);
    this.collect();
    return existed;
  }

  /** Drops what neither an image nor a lease holds. */
  collect(): void {
    for (const content of [this.#layers, this.#manifests]) {
      for (const digest of content.keys()) if (!this.#isHeld(digest)) content.delete(digest);
    }
  }

  /** Notes that the manifest of `image` came, for `lease`. */
  addManifest(image: SimulatedImage, lease: SimulatedLease): void {
    this.#manifests.set(image.digest, image);
    lease.holds.add(image.digest);
  }

  /** Notes how much of a layer is here, for `leases`; returns how many bytes are new. */
  addLayer(digest: string, layer: LayerContent, leases: Iterable<SimulatedLease>): number {
    const before = this.#layers.get(digest)?.doneBytes ?? 0;
    for (const lease of leases) lease.holds.add(digest);
    if (layer.doneBytes <= before) return 0;
    this.#layers.set(digest, layer);
    return layer.doneBytes - before;
  }

  #isHeld(digest: string): boolean {
    if (this.#isInImage(digest)) return true;
    for (const { holds } of this.#leases.values()) if (holds.has(digest)) return true;
    return false;
  }
}
