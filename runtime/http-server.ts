import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from './clock.ts';
import { HeadstartError } from './errors.ts';

/** A certificate and its key, as PEM. */
export interface TlsPair {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface HttpServerOptions {
  /** Address to listen on. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Speak TLS 1.2 or later with this pair. Plain HTTP when absent. */
  readonly tls?: TlsPair;
  /** Connections at once; more are closed as they come. No limit when absent. */
  readonly maxConnections?: number;
  /** After {@link HttpServer.stop}, go on accepting this long while every answer closes its connection. Default 0. */
  readonly lameDuckMs?: number;
  /** Requests that run longer after the stop are cut. Default 10 s. */
  readonly drainMs?: number;
}

/** An HTTP/1.1 server that can be started once and stopped in order. */
export interface HttpServer {
  /** Resolves when the port is open; rejects with `CONFIG_INVALID` when it cannot be. */
  start(): Promise<void>;
  /** Announces the end, stops accepting, lets running requests finish, closes what is idle. Never rejects. */
  stop(): Promise<void>;
  /** The port in use; 0 before the start. */
  readonly port: number;
  /** New connections get this pair; open ones keep theirs. Throws `CERT_INVALID`, and keeps the old one, when it cannot be used. */
  setTls(pair: TlsPair): void;
}

/**
 * Go's client, which is kube-apiserver's, keeps idle connections for 90 s and does not repeat a POST that meets a reset,
 * so ours must live longer.
 */
const KEEP_ALIVE_TIMEOUT_MS = 120_000;
/** Must be above the keep-alive timeout, or node cuts a connection that was just reused. */
const HEADERS_TIMEOUT_MS = 125_000;

/** Makes a server for `handler`. Throws `CERT_INVALID` when the pair cannot be used. */
export function createHttpServer(
  options: HttpServerOptions,
  deps: { readonly handler: RequestListener; readonly clock?: Clock },
): HttpServer {
  const { clock = systemClock } = deps;
  const active = new Set<ServerResponse>();
  let stopping = false;

  const handler: RequestListener = (request, response) => {
    active.add(response);
    response.once('close', () => active.delete(response));
    if (stopping) response.setHeader('Connection', 'close');
    deps.handler(request, response);
  };
  const server = makeServer(options.tls, handler);
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections;

  const announce = (): void => {
    stopping = true;
    for (const response of active) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
  };

  return {
    start: () => listen(server, options),
    stop: async () => {
      if (!server.listening) return;
      announce();
      const { lameDuckMs = 0, drainMs = 10_000 } = options;
      if (lameDuckMs > 0) await clock.sleep(lameDuckMs);
      await close(server, drainMs, clock);
    },
    get port() {
      return (server.address() as AddressInfo | null)?.port ?? 0;
    },
    setTls: pair => {
      if ('setSecureContext' in server) checked(() => server.setSecureContext(tlsOptions(pair)));
    },
  };
}

function makeServer(tls: TlsPair | undefined, handler: RequestListener): Server | TlsServer {
  const timeouts = { keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS };
  if (tls === undefined) return createServer(timeouts, handler);
  return checked(() => createTlsServer({ ...timeouts, ...tlsOptions(tls) }, handler));
}

const tlsOptions = ({ certPem, keyPem }: TlsPair) =>
  ({ cert: certPem, key: keyPem, minVersion: 'TLSv1.2' }) as const;

function checked<T>(use: () => T): T {
  try {
    return use();
  } catch (cause) {
    throw new HeadstartError('CERT_INVALID', 'the certificate and its key cannot be served', {
      cause,
    });
  }
}

function listen(server: Server, options: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error): void => {
      const where = `${options.host}:${options.port}`;
      reject(new HeadstartError('CONFIG_INVALID', `cannot listen on ${where}`, { cause }));
    };
    server.once('error', onError);
    server.listen({ host: options.host, port: options.port }, () => {
      server.removeListener('error', onError);
      resolve();
    });
  });
}

/** `close` ends idle connections at once and those of running requests with their answers. */
function close(server: Server, drainMs: number, clock: Clock): Promise<void> {
  return new Promise(resolve => {
    const cancel = clock.after(drainMs, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
  });
}
