import type { Advice } from '../api/advice.ts';
import type { PodNodes } from '../api/pod-nodes.ts';
import type { Clock } from '../runtime/clock.ts';
import { createHttpServer, type HttpServer, type TlsPair } from '../runtime/http-server.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { createApp } from './app.ts';
import { NODE_ISOLATION } from './node-isolation.ts';
import { ROUTES } from './routes.ts';

/** The certificate to serve with, and word of a newer one. */
export interface TlsSource {
  current(): TlsPair;
  /** Calls `listener` after each change; the result takes it away again. */
  onChange(listener: () => void): () => void;
}

export interface WebhookServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Go on accepting this long after the stop, while endpoints forget this replica. Default 0. */
  readonly lameDuckMs?: number;
}

export interface WebhookServerDeps {
  readonly tls: TlsSource;
  readonly advice: Advice;
  readonly podNodes: PodNodes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** The admission server. Can be started once; `stop` lets running requests finish. */
export interface WebhookServer {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** 0 before the start. */
  readonly port: number;
}

const LIMITS = {
  /** kube-apiserver takes requests of 3 MiB; a review carries the new and the old object. */
  maxBytes: 7 * 1024 * 1024,
  /** kube-apiserver itself gives up after 2 s (WEBHOOK_POLICY). */
  deadlineMs: 10_000,
};

/** An API server opens a connection for each request it has in flight; several of them stay below this. */
const MAX_CONNECTIONS = 2_000;

/** Makes the server that answers every route of {@link ROUTES}, and {@link NODE_ISOLATION}, over TLS and takes over new certificates without closing a connection. */
export function createWebhookServer(
  options: WebhookServerOptions,
  deps: WebhookServerDeps,
): WebhookServer {
  const app = createApp([...ROUTES, NODE_ISOLATION], LIMITS, deps);
  let server: HttpServer | undefined;
  let forget = (): void => {};
  return {
    start: async () => {
      const { tls, clock, log } = deps;
      const started = createHttpServer(
        { ...options, maxConnections: MAX_CONNECTIONS, tls: tls.current() },
        { handler: app, clock },
      );
      server = started;
      forget = tls.onChange(() => {
        started.setTls(tls.current());
        log.info('Serving certificate replaced');
      });
      await started.start();
      log.info('Webhook server started', { host: options.host, port: started.port });
    },
    stop: async () => {
      forget();
      await server?.stop();
    },
    get port() {
      return server?.port ?? 0;
    },
  };
}
