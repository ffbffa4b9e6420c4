import { type ImageReference, parseImageReference } from '../api/image-reference.ts';
import { ContentModel, type SimulatedLease } from './content-model.ts';
import { ImageStore } from './image-store.ts';
import { LayerDownload } from './layer-download.ts';
import type { Link } from './max-min-fair.ts';
import type { NetworkModel } from './network-model.ts';
import type { Credentials, RegistryModel, SimulatedImage } from './registry-model.ts';
import { SharedDownloads } from './shared-downloads.ts';

/** How a pull ended, in gRPC codes and in containerd's words. */
export type PullAnswer =
  | { readonly kind: 'pulled'; readonly id: string }
  | { readonly kind: 'refused'; readonly code: number; readonly details: string };

/** What a simulated node did so far. */
export interface RuntimeCounters {
  /** PullImage calls that run. */
  pulling: number;
  /** The most PullImage calls that ever ran at once. */
  mostPulling: number;
  /** PullImage calls, whatever came of them. */
  pulls: number;
  /** Images that were downloaded to their end, by what was pulled. */
  readonly downloads: Map<string, number>;
  /** Bytes of layers that arrived, also of those that came for nothing. */
  downloadedBytes: number;
}

export interface SimulatedRuntimeDeps {
  readonly registry: RegistryModel;
  readonly network: NetworkModel;
  /** The node's network card. */
  readonly downlink?: Link;
  /** What it shares with other nodes on the way to the registry. */
  readonly zoneLink?: Link;
}

const UNKNOWN = 2;
const NOT_FOUND = 5;

/** How a node pulls. */
export interface PullOptions {
  /** Undefined: anonymously. */
  readonly auth?: Credentials | undefined;
  /** Holds what is downloaded; undefined: what is given up leaves nothing behind. */
  readonly lease?: string | undefined;
}

/** The container runtime of one simulated node: containerd's image service without bytes. */
export class SimulatedRuntime {
  readonly images = new ImageStore();
  readonly content = new ContentModel(digest => this.images.needs(digest));
  readonly counters: RuntimeCounters = {
    pulling: 0,
    mostPulling: 0,
    pulls: 0,
    downloads: new Map(),
    downloadedBytes: 0,
  };
  readonly #deps: SimulatedRuntimeDeps;
  readonly #shared = new SharedDownloads();
  /** By digest of the manifest. */
  readonly #downloads = new Map<string, LayerDownload>();

  constructor(deps: SimulatedRuntimeDeps) {
    this.#deps = deps;
  }

  /** Pulls `text`. Rejects with the signal's reason when it aborts. */
  async pull(text: string, options: PullOptions, signal: AbortSignal): Promise<PullAnswer> {
    const { counters } = this;
    counters.pulls++;
    counters.pulling++;
    counters.mostPulling = Math.max(counters.mostPulling, counters.pulling);
    try {
      return await this.#pull(text, options, signal);
    } finally {
      counters.pulling--;
    }
  }

  /** Removes the image that `text` finds, and what only it needed. */
  remove(text: string): void {
    this.images.remove(text);
    this.content.collect();
  }

  /** Books what running downloads have brought so far; to be called before `content` is looked at. */
  updateContent(): void {
    for (const download of this.#downloads.values()) {
      this.counters.downloadedBytes += download.update();
    }
  }

  async #pull(
    text: string,
    { auth, lease: leaseId }: PullOptions,
    signal: AbortSignal,
  ): Promise<PullAnswer> {
    const parsed = parseImageReference(text);
    if (!parsed.ok) {
      const details = `failed to parse image reference "${text}": invalid reference format`;
      return { kind: 'refused', code: UNKNOWN, details };
    }
    const answer = this.#deps.registry.manifest(parsed.reference, auth);
    if (answer.kind !== 'found') return refusal(text, parsed.reference, answer.kind);
    const { content } = this;
    const lease = leaseId === undefined ? content.createLease({}) : content.leases.get(leaseId);
    if (lease === undefined) return noLease(text);
    try {
      await this.#fetch(text, answer.image, lease, signal);
      this.images.add(parsed.reference, answer.image);
    } finally {
      if (leaseId === undefined) content.deleteLease(lease.id);
    }
    return { kind: 'pulled', id: answer.image.id };
  }

  /** Waits until all of `image` is here; what came until then is the lease's. */
  async #fetch(
    text: string,
    image: SimulatedImage,
    lease: SimulatedLease,
    signal: AbortSignal,
  ): Promise<void> {
    this.content.addManifest(image, lease);
    const joined = this.#shared.join(image.digest, signal, shared =>
      this.#send(text, image, shared),
    );
    const download = this.#downloads.get(image.digest);
    download?.leases.add(lease);
    try {
      await joined;
    } finally {
      this.counters.downloadedBytes += download?.update() ?? 0;
      download?.leases.delete(lease);
    }
  }

  async #send(text: string, image: SimulatedImage, signal: AbortSignal): Promise<void> {
    const download = new LayerDownload(image, this.content);
    this.#downloads.set(image.digest, download);
    const { bytes, meter } = download;
    const links = [this.#deps.downlink, this.#deps.zoneLink, this.#deps.registry.uplink];
    const used = links.filter(link => link !== undefined);
    try {
      await this.#deps.network.transfer(bytes, used, signal, meter);
    } finally {
      if (this.#downloads.get(image.digest) === download) this.#downloads.delete(image.digest);
    }
    if (bytes > 0) {
      this.counters.downloads.set(text, (this.counters.downloads.get(text) ?? 0) + 1);
    }
  }
}

function noLease(text: string): PullAnswer {
  const details = `failed to pull and unpack image "${text}": unable to lease content: lease does not exist: not found`;
  return { kind: 'refused', code: NOT_FOUND, details };
}

function refusal(
  text: string,
  { registry, tag, digest }: ImageReference,
  kind: 'not-found' | 'unauthorized',
): PullAnswer {
  const resolving = `failed to pull and unpack image "${text}": failed to resolve reference "${text}": `;
  if (kind === 'not-found') {
    return { kind: 'refused', code: NOT_FOUND, details: `${resolving}${text}: not found` };
  }
  const manifest = `[manifests ${digest ?? tag ?? 'latest'}]`;
  const details = `${resolving}pulling from host ${registry} failed with status code ${manifest}: 401 Unauthorized`;
  return { kind: 'refused', code: UNKNOWN, details };
}
