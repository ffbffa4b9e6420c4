import type { Blob, ContentStore, Download } from '../daemon/containerd/content-store.ts';
import { criErrorOf } from '../daemon/cri/cri-error.ts';
import { infoOf, leaseOf, manifestOf, resourceMessage } from './containerd-services.ts';
import type { ContentModel } from './content-model.ts';
import type { SimulatedRuntime } from './simulated-runtime.ts';
import { RpcFailure } from './unary-handler.ts';

/** containerd's leases and content of a simulated runtime, for a daemon in the same process. */
export function directContentStore(runtime: SimulatedRuntime): ContentStore {
  const look = async <T>(work: (content: ContentModel) => T): Promise<T> => {
    // Downloads go on between looks.
    runtime.updateContent();
    try {
      return work(runtime.content);
    } catch (error) {
      if (!(error instanceof RpcFailure)) throw error;
      throw criErrorOf({ code: error.status, details: error.message });
    }
  };
  return {
    createLease: labels => look(content => content.createLease(labels).id),
    leasesWith: label =>
      look(({ leases }) => [...leases.values()].filter(({ labels }) => label in labels)),
    deleteLease: id => look(content => void content.deleteLease(id)),
    heldBy: id =>
      look(content =>
        [...leaseOf(content, id).holds].map(digest => resourceMessage(content, digest)),
      ),
    hold: (lease, { id }) =>
      look(content => void leaseOf(content, lease).holds.add(id.replace(/^layer-/, ''))),
    downloads: () => look(downloadsIn),
    blob: digest => look(content => blobIn(content, digest)),
    read: digest =>
      look(({ manifests }) => {
        const image = manifests.get(digest);
        return image === undefined ? Buffer.alloc(0) : manifestOf(image);
      }),
  };
}

function downloadsIn({ layers }: ContentModel): readonly Download[] {
  return [...layers]
    .filter(([, { doneBytes, sizeBytes }]) => doneBytes < sizeBytes)
    .map(([digest, { doneBytes }]) => ({ name: `layer-${digest}`, doneBytes }));
}

function blobIn(content: ContentModel, digest: string): Blob | undefined {
  const layer = content.layers.get(digest);
  const isHere = content.manifests.has(digest) || layer?.doneBytes === layer?.sizeBytes;
  if (!isHere || (layer === undefined && !content.manifests.has(digest))) return undefined;
  const { size, labels } = infoOf(content, digest);
  return { sizeBytes: size, labels, updatedAtMs: 0 };
}
