import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { buffer } from 'node:stream/consumers';

export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Whether the connection had served a request before. */
  readonly reused: boolean;
}

interface SendOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** A client of one server that keeps one connection alive, as kube-apiserver does. */
export class HttpsClient implements Disposable {
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, ca: string, servername: string) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, ca, servername });
  }

  send(
    path: string,
    body: string | Buffer | undefined,
    options: SendOptions = {},
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          host: '127.0.0.1',
          port: this.#port,
          path,
          method: 'POST',
          ...options,
          headers: { 'content-type': 'application/json', ...options.headers },
        },
        incoming => {
          buffer(incoming).then(bytes => {
            const { statusCode = 0, headers } = incoming;
            const reused = outgoing.reusedSocket;
            resolve({ status: statusCode, headers, text: bytes.toString(), reused });
          }, reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** Posts a value as JSON and reads the answer as JSON. */
  async post(path: string, value: unknown): Promise<Response & { readonly json: Json }> {
    const response = await this.send(path, JSON.stringify(value));
    return { ...response, json: JSON.parse(response.text) as Json };
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** The parts of answers that tests read. */
export interface Json {
  readonly apiVersion: string;
  readonly kind: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly response?: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patch?: string;
    readonly patchType?: string;
    readonly warnings?: readonly string[];
    readonly status?: {
      readonly code: number;
      readonly reason: string;
      readonly message: string;
      readonly details: { readonly causes: readonly { readonly field: string }[] };
    };
  };
}
