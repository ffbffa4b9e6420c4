import { type ImageReference, parseImageReference } from '../api/image-reference.ts';
import { ImageStore } from './image-store.ts';
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
  /** Bytes of layers that arrived. */
  downloadedBytes: number;
}

export interface SimulatedRuntimeDeps {
  readonly registry: RegistryModel;
  readonly network: NetworkModel;
  /** The node's network card. */
  readonly downlink?: Link;
}

const UNKNOWN = 2;
const NOT_FOUND = 5;

/** The container runtime of one simulated node: containerd's image service without bytes. */
export class SimulatedRuntime {
  readonly images = new ImageStore();
  readonly counters: RuntimeCounters = {
    pulling: 0,
    mostPulling: 0,
    pulls: 0,
    downloads: new Map(),
    downloadedBytes: 0,
  };
  readonly #deps: SimulatedRuntimeDeps;
  readonly #downloads = new SharedDownloads();

  constructor(deps: SimulatedRuntimeDeps) {
    this.#deps = deps;
  }

  /** Pulls `text`; what is given up leaves nothing behind. Rejects with the signal's reason when it aborts. */
  async pull(
    text: string,
    auth: Credentials | undefined,
    signal: AbortSignal,
  ): Promise<PullAnswer> {
    const { counters } = this;
    counters.pulls++;
    counters.pulling++;
    counters.mostPulling = Math.max(counters.mostPulling, counters.pulling);
    try {
      return await this.#pull(text, auth, signal);
    } finally {
      counters.pulling--;
    }
  }

  async #pull(
    text: string,
    auth: Credentials | undefined,
    signal: AbortSignal,
  ): Promise<PullAnswer> {
    const parsed = parseImageReference(text);
    if (!parsed.ok) {
      const details = `failed to parse image reference "${text}": invalid reference format`;
      return { kind: 'refused', code: UNKNOWN, details };
    }
    const answer = this.#deps.registry.manifest(parsed.reference, auth);
    if (answer.kind !== 'found') return refusal(text, parsed.reference, answer.kind);
    const { image } = answer;
    await this.#downloads.join(image.digest, signal, shared => this.#download(text, image, shared));
    this.images.add(parsed.reference, image);
    return { kind: 'pulled', id: image.id };
  }

  async #download(text: string, image: SimulatedImage, signal: AbortSignal): Promise<void> {
    const missing = image.layers.filter(layer => !this.images.hasLayer(layer.digest));
    if (missing.length === 0) return;
    const bytes = missing.reduce((sum, layer) => sum + layer.sizeBytes, 0);
    const links = [this.#deps.downlink, this.#deps.registry.uplink];
    await this.#deps.network.transfer(
      bytes,
      links.filter(link => link !== undefined),
      signal,
    );
    this.counters.downloadedBytes += bytes;
    this.counters.downloads.set(text, (this.counters.downloads.get(text) ?? 0) + 1);
  }
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
