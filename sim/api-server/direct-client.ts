import type { KubeObject } from '../../api/meta.ts';
import type { Resource } from '../../api/resource.ts';
import { createKubeClient } from '../../kube/create-kube-client.ts';
import type { KubeClient, WatchEvent, WatchOptions } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { Transport, TransportRequest } from '../../kube/transport.ts';
import type { Backend } from './backend.ts';
import { requestDirectly } from './direct-transport.ts';
import { watchDirectly } from './direct-watch.ts';

export interface DirectClientDeps {
  readonly backend: Backend;
  /** Awaited before each request but watches. Default: nothing is waited for. */
  readonly before?: (request: TransportRequest) => Promise<void> | void;
}

/**
 * The client of the API, on a backend in the same process: no socket, no TLS, no copies. Objects it returns are those in the store.
 * Deadlines do not count; nothing takes time but `before`.
 */
export function createDirectClient(
  options: { readonly fieldManager: string },
  { backend, before = () => {} }: DirectClientDeps,
): KubeClient {
  const transport: Transport = {
    request: async request => {
      request.signal?.throwIfAborted();
      await before(request);
      return requestDirectly(backend, request);
    },
    stream: () => Promise.reject(new KubeError('streams have no transport here', { status: 0 })),
    close: () => {},
  };
  const client = createKubeClient(options, { transport });
  return {
    get: client.get.bind(client),
    pages: client.pages.bind(client),
    list: client.list.bind(client),
    create: client.create.bind(client),
    patch: client.patch.bind(client),
    delete: client.delete.bind(client),
    getPath: client.getPath.bind(client),
    watch: <T extends KubeObject>(
      resource: Resource<T>,
      watch: WatchOptions,
    ): AsyncIterable<WatchEvent<T>> => watchDirectly(backend, resource, watch),
  };
}
