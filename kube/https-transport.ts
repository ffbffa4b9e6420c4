import type { IncomingMessage, RequestOptions } from 'node:http';
import { urlToHttpOptions } from 'node:url';
import { type LinkedAbort, linkedAbort, untilAborted } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import { withDeadline } from '../runtime/deadline.ts';
import { type Metrics, noMetrics } from '../runtime/metrics.ts';
import { AgentPool, type ConnectionKind } from './agent-pool.ts';
import { type Exchange, openAnswer, readText, wholeAnswer } from './http-exchange.ts';
import type { KubeAccess } from './kube-access.ts';
import {
  describe,
  failureOfAnswer,
  failureOfBody,
  failureOfConnection,
  failureOfDeadline,
} from './request-failure.ts';
import { type CountAnswer, createRequestMetrics } from './request-metrics.ts';
import type { Transport, TransportRequest } from './transport.ts';
import { warningsOf } from './warning-headers.ts';

export interface HttpsTransportOptions {
  readonly access: KubeAccess;
  readonly userAgent: string;
  /** Requests in flight; more wait. Watches are not counted. Default 64. */
  readonly maxConnections?: number;
}

export interface HttpsTransportDeps {
  readonly clock: Clock;
  /** Default: nothing is counted. */
  readonly metrics?: Metrics;
  /** Told what the API server warns of, for the people in front of it. */
  readonly warn?: (warning: string) => void;
}

/** A transport over HTTP/1.1 with connections that are kept alive; `http:` works too, for tests and proxies. */
export function createHttpsTransport(
  options: HttpsTransportOptions,
  deps: HttpsTransportDeps,
): Transport {
  return new HttpsTransport(options, deps);
}

class HttpsTransport implements Transport {
  readonly #access: KubeAccess;
  readonly #agents: AgentPool;
  readonly #server: RequestOptions;
  readonly #prefix: string;
  readonly #userAgent: string;
  readonly #clock: Clock;
  readonly #count: CountAnswer;
  readonly #warn: HttpsTransportDeps['warn'];

  constructor(options: HttpsTransportOptions, deps: HttpsTransportDeps) {
    const { server } = options.access;
    const { clock, metrics = noMetrics, warn } = deps;
    this.#warn = warn;
    this.#access = options.access;
    this.#userAgent = options.userAgent;
    this.#clock = clock;
    this.#count = createRequestMetrics(server.host, metrics);
    this.#server = urlToHttpOptions(server);
    this.#prefix = server.pathname.replace(/\/$/, '');
    this.#agents = new AgentPool(server, options.maxConnections ?? 64);
  }

  async request(request: TransportRequest): Promise<unknown> {
    request.signal?.throwIfAborted();
    using deadline = withDeadline(request.signal, request.deadlineMs, this.#clock);
    try {
      const exchange = await this.#prepare(request, 'request', deadline.signal);
      const { response, text } = await this.#count(
        request,
        wholeAnswer(exchange),
        answer => answer.response,
      );
      this.#check(request, response, text);
      return parseBody(request, response, text);
    } catch (error) {
      if (deadline.expired) throw failureOfDeadline(request);
      request.signal?.throwIfAborted();
      throw failureOfConnection(request, error);
    }
  }

  async stream(request: TransportRequest): Promise<AsyncIterable<Uint8Array>> {
    request.signal?.throwIfAborted();
    const linked = linkedAbort(request.signal);
    const cancel = this.#clock.after(request.deadlineMs, () =>
      linked.abort(failureOfDeadline(request)),
    );
    try {
      const exchange = await this.#prepare(request, 'watch', linked.signal);
      const response = await this.#count(request, openAnswer(exchange), answer => answer);
      if (response.statusCode !== 200) this.#check(request, response, await readText(response));
      return readChunks(request, response, linked);
    } catch (error) {
      linked[Symbol.dispose]();
      linked.signal.throwIfAborted();
      throw failureOfConnection(request, error);
    } finally {
      cancel();
    }
  }

  close(): void {
    this.#agents.close();
  }

  async #prepare(
    request: TransportRequest,
    kind: ConnectionKind,
    signal: AbortSignal,
  ): Promise<Exchange> {
    // An exec plugin may hang.
    const credentials = await untilAborted(this.#access.credentials(), signal);
    // As text: node sends it in one piece with the headers.
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const options = {
      ...this.#server,
      method: request.method,
      path: this.#prefix + request.path,
      headers: {
        Accept: 'application/json',
        'User-Agent': this.#userAgent,
        ...credentials.headers,
        ...(body !== undefined && {
          'Content-Type': request.contentType ?? 'application/json',
          'Content-Length': Buffer.byteLength(body),
        }),
      },
      agent: this.#agents.agentFor(kind, credentials.tls),
    };
    return { request, options, body, signal };
  }

  #check(request: TransportRequest, response: IncomingMessage, text: string): void {
    const status = response.statusCode ?? 0;
    if (this.#warn !== undefined) for (const text of warningsOf(response)) this.#warn(text);
    if (status === 401) this.#access.refused();
    if (status < 200 || status > 299) throw failureOfAnswer(request, response, text);
  }
}

function parseBody(request: TransportRequest, response: IncomingMessage, text: string): unknown {
  if (!(response.headers['content-type'] ?? '').includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw failureOfBody(describe(request), response.statusCode ?? 0, cause);
  }
}

/** The chunks of a streamed answer. Ends with the stream; leaving the loop early closes the connection. */
async function* readChunks(
  request: TransportRequest,
  response: IncomingMessage,
  linked: LinkedAbort,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    linked.signal.throwIfAborted();
    throw failureOfConnection(request, error);
  } finally {
    linked[Symbol.dispose]();
    response.destroy();
  }
}
