import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { KubeAccess, KubeCredentials } from '../../kube/kube-access.ts';
import { testCertificates } from '../support/test-certificates.ts';

/** What the server does with one request, whose body was read. */
export type Answer = (response: ServerResponse, request: SeenRequest) => void;

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The TCP connection under it. */
  readonly socket: Socket;
}

/** A server on real sockets that plays a script: one answer a request, the last one for all that follow. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: URL;
  readonly access: KubeAccess;
  readonly requests: readonly SeenRequest[];
  /** Connections accepted so far. */
  readonly connections: number;
  script: Answer[];
}

/** Answers JSON. */
export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  response => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

/** Answers anything. */
export const plain =
  (body: string, status = 200, type = 'text/plain'): Answer =>
  response => {
    response.writeHead(status, { 'Content-Type': type });
    response.end(body);
  };

/** Takes the request and says nothing. */
export const silent: Answer = () => {};

/** Resets the connection. */
export const reset: Answer = (_response, { socket }) => socket.resetAndDestroy();

/** Begins a stream with `lines`; then does what `after` says. */
export const stream =
  (
    lines: readonly unknown[],
    after: (response: ServerResponse) => unknown = r => r.end(),
  ): Answer =>
  response => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
    // The bytes must leave before the connection is broken.
    setTimeout(() => after(response), 5);
  };

/** Starts a server that answers `{}` until it gets a script. */
export async function startScriptedServer(protocol = 'https'): Promise<ScriptedServer> {
  const { authority, first } = await testCertificates();
  const requests: SeenRequest[] = [];
  /** TCP connections by the port of the client; a TLS socket hides its own. */
  const sockets = new Map<number | undefined, Socket>();
  let connections = 0;
  let script = [json({})];
  const listener = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers, socket } = incoming;
    const body = await text(incoming);
    const tcp = sockets.get(socket.remotePort) ?? socket;
    const request = { method, url, headers, body, socket: tcp };
    requests.push(request);
    const answer = script.length > 1 ? script.shift() : script[0];
    answer?.(response, request);
  };
  const onRequest = (incoming: IncomingMessage, response: ServerResponse): void => {
    listener(incoming, response).catch(() => incoming.destroy());
  };
  const server =
    protocol === 'https'
      ? createHttpsServer({ cert: first.certPem, key: first.keyPem }, onRequest)
      : createHttpServer(onRequest);
  server.on('connection', (socket: Socket) => {
    const { remotePort } = socket;
    connections++;
    sockets.set(remotePort, socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(remotePort));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return {
    url,
    access: accessTo(url, { tls: { ca: authority.certPem }, headers: {} }),
    requests,
    get connections() {
      return connections;
    },
    get script() {
      return script;
    },
    set script(answers: Answer[]) {
      script = answers;
    },
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets.values()) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** An access with the same credentials always. */
export function accessTo(server: URL, credentials: KubeCredentials): KubeAccess {
  return { server, credentials: () => Promise.resolve(credentials), refused: () => {} };
}
