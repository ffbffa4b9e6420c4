import type { handleUnaryCall } from '@grpc/grpc-js';
import type { ContentServer, Info, ReadContentResponse } from '../daemon/containerd/content.gen.ts';
import type { LeasesServer, Resource } from '../daemon/containerd/leases.gen.ts';
import type { ContentModel, SimulatedLease } from './content-model.ts';
import type { SimulatedImage } from './registry-model.ts';
import type { SimulatedRuntime } from './simulated-runtime.ts';
import {
  RpcFailure,
  type UnaryHandlerDeps,
  type UnaryWork,
  unaryHandler,
} from './unary-handler.ts';

const NOT_FOUND = 5;
const INGEST = 'layer-';
const FILTER = /^labels\."(.+)"$/;

type Handle = <Request extends object, Response>(
  method: string,
  work: UnaryWork<Request, Response>,
) => handleUnaryCall<Request, Response>;

/** containerd's leases over the content of `runtime`. */
export function leasesService(runtime: SimulatedRuntime, deps: UnaryHandlerDeps): LeasesServer {
  const { content } = runtime;
  const handle: Handle = (method, work) => unaryHandler(method, lookedUp(runtime, work), deps);
  return {
    create: handle('CreateLease', ({ labels }) => ({
      lease: leaseMessage(content.createLease(labels)),
    })),
    delete: handle('DeleteLease', ({ id }) => {
      if (!content.deleteLease(id)) throw noLease(id);
      return {};
    }),
    list: handle('ListLeases', ({ filters }) => ({
      leases: [...content.leases.values()].filter(matches(filters)).map(leaseMessage),
    })),
    addResource: handle('AddResource', ({ id, resource }) => {
      leaseOf(content, id).holds.add(resource?.id.replace(INGEST, '') ?? '');
      return {};
    }),
    listResources: handle('ListResources', ({ id }) => ({
      resources: [...leaseOf(content, id).holds].map(digest => resourceMessage(content, digest)),
    })),
  };
}

/** containerd's content service over the content of `runtime`. */
export function contentService(runtime: SimulatedRuntime, deps: UnaryHandlerDeps): ContentServer {
  const { content } = runtime;
  const handle: Handle = (method, work) => unaryHandler(method, lookedUp(runtime, work), deps);
  return {
    info: handle('Info', ({ digest }) => ({ info: infoOf(content, digest) })),
    listStatuses: handle('ListStatuses', () => ({
      statuses: [...content.layers]
        .filter(([, { doneBytes, sizeBytes }]) => doneBytes < sizeBytes)
        .map(([digest, { doneBytes, sizeBytes }]) => ({
          ref: `${INGEST}${digest}`,
          offset: doneBytes,
          total: sizeBytes,
        })),
    })),
    read: call => {
      const image = content.manifests.get(call.request.digest);
      if (image === undefined) {
        call.destroy(Object.assign(noContent(call.request.digest), { code: NOT_FOUND }));
        return;
      }
      call.write({ offset: 0, data: manifestOf(image) } satisfies ReadContentResponse);
      call.end();
    },
  };
}

/** Downloads go on between looks. */
function lookedUp<Request, Response>(
  runtime: SimulatedRuntime,
  work: UnaryWork<Request, Response>,
): UnaryWork<Request, Response> {
  return (...args) => {
    runtime.updateContent();
    return work(...args);
  };
}

function matches(filters: readonly string[]): (lease: SimulatedLease) => boolean {
  const labels = filters.map(filter => FILTER.exec(filter)?.[1] ?? '');
  return lease => labels.length === 0 || labels.some(label => lease.labels[label] !== undefined);
}

function leaseMessage({ id, labels }: SimulatedLease): {
  id: string;
  labels: Record<string, string>;
} {
  return { id, labels: { ...labels } };
}

/** The lease of that id; throws NOT_FOUND. */
export function leaseOf(content: ContentModel, id: string): SimulatedLease {
  const lease = content.leases.get(id);
  if (lease === undefined) throw noLease(id);
  return lease;
}

/** What a lease holds, as containerd tells it. */
export function resourceMessage(content: ContentModel, digest: string): Resource {
  const layer = content.layers.get(digest);
  return layer !== undefined && layer.doneBytes < layer.sizeBytes
    ? { type: 'ingests', id: `${INGEST}${digest}` }
    : { type: 'content', id: digest };
}

/** What containerd tells of a complete blob; throws NOT_FOUND. */
export function infoOf(content: ContentModel, digest: string): Info {
  const image = content.manifests.get(digest);
  if (image !== undefined) {
    const labels = { 'containerd.io/gc.ref.content.config': image.id };
    return { digest, size: manifestOf(image).length, updatedAt: undefined, labels };
  }
  const layer = content.layers.get(digest);
  if (layer === undefined || layer.doneBytes < layer.sizeBytes) throw noContent(digest);
  return { digest, size: layer.sizeBytes, updatedAt: undefined, labels: {} };
}

/** The manifest of an image, in JSON. */
export function manifestOf({ id, layers }: SimulatedImage): Buffer {
  return Buffer.from(
    JSON.stringify({
      config: { digest: id, size: 0 },
      layers: layers.map(({ digest, sizeBytes }) => ({ digest, size: sizeBytes })),
    }),
  );
}

function noLease(id: string): RpcFailure {
  return new RpcFailure(NOT_FOUND, `lease "${id}": not found`);
}

function noContent(digest: string): RpcFailure {
  return new RpcFailure(NOT_FOUND, `content ${digest}: not found`);
}
