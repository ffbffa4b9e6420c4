import { createKubeClient, type KubeClientOptions } from './create-kube-client.ts';
import {
  createHttpsTransport,
  type HttpsTransportDeps,
  type HttpsTransportOptions,
} from './https-transport.ts';
import type { KubeClient } from './kube-client.ts';
import { createRetryingTransport } from './retrying-transport.ts';

/** A client and the connections under it. */
export interface KubeConnection extends Disposable {
  readonly client: KubeClient;
  /** Closes the connections; running requests fail. */
  close(): void;
}

/** Puts client, retries and transport together. Opens no connection before the first call. */
export function connectKube(
  options: HttpsTransportOptions & KubeClientOptions,
  deps: HttpsTransportDeps & { readonly random: () => number },
): KubeConnection {
  const transport = createRetryingTransport(createHttpsTransport(options, deps), deps);
  const close = (): void => transport.close();
  return { client: createKubeClient(options, { transport }), close, [Symbol.dispose]: close };
}
