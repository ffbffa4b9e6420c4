import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { onAbort } from '../runtime/abort.ts';
import { TCP_KEEP_ALIVE_MS } from './agent-pool.ts';
import { failureOfStaleConnection } from './request-failure.ts';
import type { TransportRequest } from './transport.ts';

/** What node says when a kept-alive connection was closed under a request. */
const STALE_CODES = new Set(['ECONNRESET', 'EPIPE']);

/** One request as it goes over the wire. */
export interface Exchange {
  readonly request: TransportRequest;
  readonly options: RequestOptions;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** Resolves with the headers of the answer; its body stays bound to the signal. */
export function openAnswer({ request, options, body, signal }: Exchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = send(request, { ...options, signal }, reject);
    outgoing.on('response', resolve);
    outgoing.end(body);
  });
}

/** An answer that was read to its end. */
export interface WholeAnswer {
  readonly response: IncomingMessage;
  readonly text: string;
}

/**
 * Resolves with the whole answer. Listens to plain events: a `signal` option and an async iterator cost more than all else that a
 * small request does.
 */
export function wholeAnswer({ request, options, body, signal }: Exchange): Promise<WholeAnswer> {
  return new Promise<WholeAnswer>((resolve, reject) => {
    const outgoing = send(request, options, reject);
    const unlink = onAbort(signal, () => outgoing.destroy(signal.reason as Error));
    outgoing.on('close', unlink);
    outgoing.on('response', response => {
      readText(response).then(text => resolve({ response, text }), reject);
    });
    outgoing.end(body);
  });
}

/** The body of an answer. */
export function readText(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    response.on('error', reject);
  });
}

function send(
  request: TransportRequest,
  options: RequestOptions,
  onError: (error: unknown) => void,
): ClientRequest {
  const outgoing = options.protocol === 'http:' ? httpRequest(options) : httpsRequest(options);
  outgoing.on('error', (cause: NodeJS.ErrnoException) => {
    const stale = outgoing.reusedSocket && STALE_CODES.has(cause.code ?? '');
    onError(stale ? failureOfStaleConnection(request, cause) : cause);
  });
  outgoing.on('socket', socket => {
    if (!outgoing.reusedSocket) socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
  });
  return outgoing;
}
