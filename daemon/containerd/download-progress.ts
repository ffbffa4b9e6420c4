import { CriError } from '../cri/cri-error.ts';
import type { RuntimeCall } from '../cri/unary.ts';
import type { ContentStore } from './content-store.ts';
import { type BlobSize, parseManifest } from './manifest.ts';

/** How far a download is. */
export interface DownloadedBytes {
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** containerd sets it on a manifest once it has read it; an index has none. */
const MANIFEST_LABEL = 'containerd.io/gc.ref.content.config';
/** The specification of registries asks them to take manifests of up to 4 MiB. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Follows one pull by what its lease holds. */
export class DownloadProgress {
  readonly #store: ContentStore;
  readonly #lease: string;
  /** Undefined until the runtime has the manifest. */
  #blobs: readonly BlobSize[] | undefined;
  readonly #complete = new Set<string>();

  constructor(store: ContentStore, lease: string) {
    this.#store = store;
    this.#lease = lease;
  }

  /** How far it is; undefined while that cannot be known. */
  async sample(call: RuntimeCall): Promise<DownloadedBytes | undefined> {
    try {
      this.#blobs ??= await this.#findBlobs(call);
      return this.#blobs && (await this.#count(this.#blobs, call));
    } catch (error) {
      call.signal.throwIfAborted();
      // Not to know how far a pull is does it no harm.
      if (error instanceof CriError) return undefined;
      throw error;
    }
  }

  async #count(blobs: readonly BlobSize[], call: RuntimeCall): Promise<DownloadedBytes> {
    const running = new Map<string, number>();
    for (const { name, doneBytes } of await this.#store.downloads(call)) {
      // `layer-sha256:…`, and what is in front says only what it is.
      running.set(name.slice(name.indexOf('-') + 1), doneBytes);
    }
    let bytesDone = 0;
    let bytesTotal = 0;
    for (const blob of blobs) {
      bytesTotal += blob.sizeBytes;
      bytesDone += await this.#doneOf(blob, running, call);
    }
    return { bytesDone, bytesTotal };
  }

  async #doneOf(
    { digest, sizeBytes }: BlobSize,
    running: ReadonlyMap<string, number>,
    call: RuntimeCall,
  ): Promise<number> {
    if (this.#complete.has(digest)) return sizeBytes;
    const doneBytes = running.get(digest);
    if (doneBytes !== undefined) return Math.min(doneBytes, sizeBytes);
    if ((await this.#store.blob(digest, call)) === undefined) return 0;
    this.#complete.add(digest);
    return sizeBytes;
  }

  /** What the newest manifest consists of: a tag may have moved since an earlier attempt. */
  async #findBlobs(call: RuntimeCall): Promise<readonly BlobSize[] | undefined> {
    let newest: { readonly digest: string; readonly updatedAtMs: number } | undefined;
    for (const { type, id } of await this.#store.heldBy(this.#lease, call)) {
      if (type !== 'content') continue;
      const blob = await this.#store.blob(id, call);
      if (blob?.labels[MANIFEST_LABEL] === undefined) continue;
      if (newest === undefined || blob.updatedAtMs > newest.updatedAtMs) {
        newest = { digest: id, updatedAtMs: blob.updatedAtMs };
      }
    }
    if (newest === undefined) return undefined;
    return parseManifest(await this.#store.read(newest.digest, MAX_MANIFEST_BYTES, call));
  }
}
