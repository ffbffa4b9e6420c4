import type { KubeObject } from '../../api/meta.ts';
import type { Clock } from '../../runtime/clock.ts';
import { createHttpServer } from '../../runtime/http-server.ts';
import type { Logger } from '../../runtime/log.ts';
import { createAdmission } from './admission/admission.ts';
import { createWebhookClient, type ServiceResolver } from './admission/webhook-client.ts';
import type { Backend } from './backend.ts';
import { createApiListener } from './http/request-listener.ts';
import type { UserInfo } from './http/user.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { serveDefinitions } from './lifecycle/definitions.ts';
import { GarbageCollector } from './lifecycle/garbage-collector.ts';
import { NamespaceController } from './lifecycle/namespace-controller.ts';
import { BUILT_IN_RESOURCES } from './registry/built-in-resources.ts';
import { Registry } from './registry/registry.ts';
import { seedObjects } from './seed-objects.ts';
import { Store } from './store/store.ts';

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

const DEFAULT_WATCH_WINDOW = 10_000;
/** Nothing but watches runs long, and those are ended first. */
const DRAIN_MS = 2_000;

/** Starts an in-memory Kubernetes API server on the loopback interface. */
export async function startApiServer(
  options: ApiServerOptions,
  deps: ApiServerDeps,
): Promise<ApiServer> {
  const { tls, clock } = deps;
  const webhookClient = createWebhookClient({ resolve: resolverOf(options.services), clock });
  const store = new Store(options.watchWindow ?? DEFAULT_WATCH_WINDOW);
  const admission = createAdmission({ ...deps, store, client: webhookClient });
  const registry = new Registry(BUILT_IN_RESOURCES);
  const backend: Backend = { ...deps, store, registry, admission };
  serveDefinitions(backend);
  const controllers = [new GarbageCollector(backend), new NamespaceController(backend)];
  await seedObjects(backend, options.objects ?? []);
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
    compact: () => store.compact(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function resolverOf(services: ApiServerOptions['services']): ServiceResolver {
  if (typeof services === 'function') return services;
  return service => services?.get(service);
}
