import type { KubeObject } from '../../api/meta.ts';
import type { Clock } from '../../runtime/clock.ts';
import { createHttpServer } from '../../runtime/http-server.ts';
import type { Logger } from '../../runtime/log.ts';
import { createWebhookClient, type ServiceResolver } from './admission/webhook-client.ts';
import { createBackend } from './create-backend.ts';
import { createApiListener } from './http/request-listener.ts';
import type { UserInfo } from './http/user.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { GarbageCollector } from './lifecycle/garbage-collector.ts';
import { NamespaceController } from './lifecycle/namespace-controller.ts';

export interface ApiServerOptions {
  /** On 127.0.0.1; 0 (the default) takes a free one. */
  readonly port?: number;
  /** Where webhooks that are configured by Service listen: `namespace/name` → `host:port`. */
  readonly services?: ReadonlyMap<string, string> | ServiceResolver;
  /** Stored before the server opens, in this order, after the namespaces that every cluster has. */
  readonly objects?: readonly KubeObject[];
  /** Bearer token → user. When there are any, an unknown token is refused; without one everybody is an administrator. */
  readonly users?: ReadonlyMap<string, UserInfo>;
  /** Changes of each resource that watches can go back. Default 10,000. */
  readonly watchWindow?: number;
}

export interface ApiServerDeps {
  /** The serving certificate, valid for 127.0.0.1, and the CA that clients shall trust. */
  readonly tls: { readonly keyPem: string; readonly certPem: string; readonly caPem: string };
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly uuid: () => string;
}

/** A running API server. */
export interface ApiServer extends AsyncDisposable {
  readonly url: string;
  readonly caPem: string;
  /** For kubectl and any other client: JSON, which is YAML too. */
  kubeconfig(): string;
  /** Forgets all earlier versions: watches and paged lists that would go back to one get 410, as after a compaction of etcd. */
  compact(): void;
  /** Ends watches, lets running requests finish, closes the port. Everything stored is gone. */
  stop(): Promise<void>;
}

/** Nothing but watches runs long, and those are ended first. */
const DRAIN_MS = 2_000;

interface Stoppable {
  stop(): Promise<void>;
}

/** Starts an in-memory Kubernetes API server on the loopback interface. */
export async function startApiServer(
  options: ApiServerOptions,
  deps: ApiServerDeps,
): Promise<ApiServer> {
  const { tls, clock } = deps;
  const webhookClient = createWebhookClient({ resolve: resolverOf(options.services), clock });
  const controllers: Stoppable[] = [];
  const backend = await createBackend(
    { objects: [], ...options },
    { ...deps, webhooks: webhookClient },
    made => controllers.push(new GarbageCollector(made), new NamespaceController(made)),
  );
  const listener = createApiListener(backend, options.users ?? new Map());
  const server = createHttpServer(
    { host: '127.0.0.1', port: options.port ?? 0, tls, drainMs: DRAIN_MS },
    { handler: listener.handle, clock },
  );
  await server.start();
  const url = `https://127.0.0.1:${server.port}`;
  const stop = async (): Promise<void> => {
    listener.endAll();
    await server.stop();
    await Promise.all(controllers.map(controller => controller.stop()));
    webhookClient.close();
  };
  const [token = 'admin'] = options.users?.keys() ?? [];
  return {
    url,
    caPem: tls.caPem,
    kubeconfig: () => kubeconfigText({ server: url, caPem: tls.caPem, token }),
    compact: () => backend.store.compact(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function resolverOf(services: ApiServerOptions['services']): ServiceResolver {
  if (typeof services === 'function') return services;
  return service => services?.get(service);
}
