import type { ContentModel, SimulatedLease } from './content-model.ts';
import type { TransferMeter } from './network-model.ts';
import type { SimulatedImage } from './registry-model.ts';

interface MissingLayer {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly haveBytes: number;
}

/** The download of the layers of one image that a node lacks, one after another, for all who wait for it. */
export class LayerDownload {
  /** Of the pulls that wait. */
  readonly leases = new Set<SimulatedLease>();
  /** Set where the bytes are sent. */
  readonly meter: TransferMeter = { leftBytes: () => this.bytes };
  /** To be sent. */
  readonly bytes: number;
  readonly #content: ContentModel;
  readonly #missing: readonly MissingLayer[];

  constructor(image: SimulatedImage, content: ContentModel) {
    this.#content = content;
    this.#missing = image.layers.map(({ digest, sizeBytes }) => ({
      digest,
      sizeBytes,
      haveBytes: content.layers.get(digest)?.doneBytes ?? 0,
    }));
    this.bytes = this.#missing.reduce((sum, layer) => sum + layer.sizeBytes - layer.haveBytes, 0);
  }

  /** Books what has come so far; returns how many bytes are new on the node. */
  update(): number {
    let come = Math.floor(this.bytes - this.meter.leftBytes());
    let newBytes = 0;
    for (const { digest, sizeBytes, haveBytes } of this.#missing) {
      const part = Math.min(come, sizeBytes - haveBytes);
      const doneBytes = haveBytes + part;
      if (doneBytes === 0 && sizeBytes > 0) break;
      come -= part;
      newBytes += this.#content.addLayer(digest, { doneBytes, sizeBytes }, this.leases);
    }
    return newBytes;
  }
}
