import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { type BodyOptions, type DoorTrouble, Pacer, troubledBody } from './door-trouble.ts';

/** A download of one blob by one node. Times are of performance.now(). */
export interface BlobRequest {
  /** Address of the node. */
  readonly from: string;
  readonly repository: string;
  readonly digest: string;
  /** `bytes=1048576-`: what comes after what the node has; undefined: everything. */
  readonly range: string | undefined;
  readonly startedMs: number;
  /** Undefined while it runs. */
  endedMs?: number;
  bytes: number;
}

/** A request of any kind. */
export interface DoorRequest {
  readonly method: string;
  readonly path: string;
  /** Name in the credentials that came with it. */
  readonly username: string | undefined;
}

/** A proxy before a registry that remembers who downloaded what and when, and can get in the way. */
export interface RegistryDoor {
  readonly host: string;
  readonly requests: readonly BlobRequest[];
  /** Everything that was asked, oldest first. */
  readonly seen: readonly DoorRequest[];
  /** Asked at every request; set it to make trouble. */
  troubleOf: (request: DoorRequest) => DoorTrouble | undefined;
  /** Undefined: as fast as it goes. For requests to come, all together. */
  limit(bytesPerSecond: number | undefined): void;
  stop(): Promise<void>;
}

/** Opens a door at `address` and a free port to the registry at `backend`. */
export async function startRegistryDoor(address: string, backend: string): Promise<RegistryDoor> {
  const requests: BlobRequest[] = [];
  const seen: DoorRequest[] = [];
  let pacer: Pacer | undefined;
  const server = createServer((incoming, response) => {
    const asked = doorRequest(incoming);
    seen.push(asked);
    const trouble = door.troubleOf(asked);
    if (trouble?.kind === 'refuse') return void response.destroy();
    if (trouble?.kind === 'answer') {
      return void response.writeHead(trouble.status, trouble.headers).end();
    }
    const entry = blobRequest(incoming);
    if (entry) requests.push(entry);
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
      if (entry) entry.endedMs = performance.now();
    });
    const onBytes = (bytes: number): void => {
      if (entry) entry.bytes += bytes;
    };
    void forward(backend, incoming, response, { pacer, trouble, signal: gone.signal, onBytes });
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const door: RegistryDoor = {
    host: `${address}:${port}`,
    requests,
    seen,
    troubleOf: () => undefined,
    limit: bytesPerSecond => {
      pacer = bytesPerSecond === undefined ? undefined : new Pacer(bytesPerSecond);
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return door;
}

/** The largest number of nodes that downloaded from the registry at one moment. */
export function mostNodesAtOnce(requests: readonly BlobRequest[]): number {
  let most = 0;
  for (const { startedMs } of requests) {
    const running = requests.filter(
      other => other.startedMs <= startedMs && (other.endedMs ?? Infinity) > startedMs,
    );
    most = Math.max(most, new Set(running.map(other => other.from)).size);
  }
  return most;
}

function doorRequest({ method = '', url = '', headers }: IncomingMessage): DoorRequest {
  const [, basic] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
  const username = basic && Buffer.from(basic, 'base64').toString().split(':')[0];
  return { method, path: url, username };
}

function blobRequest({
  method,
  url = '',
  socket,
  headers,
}: IncomingMessage): BlobRequest | undefined {
  const [, repository, digest] = /^\/v2\/(.+)\/blobs\/([^/?]+)/.exec(url) ?? [];
  if (method !== 'GET' || repository === undefined || digest === undefined) return undefined;
  const from = socket.remoteAddress ?? '';
  const { range } = headers;
  return { from, repository, digest, range, startedMs: performance.now(), bytes: 0 };
}

async function forward(
  backend: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  body: BodyOptions,
): Promise<void> {
  try {
    const { method, headers } = incoming;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = request(new URL(incoming.url ?? '/', backend), { method, headers }, resolve);
      outgoing.on('error', reject);
      incoming.pipe(outgoing);
    });
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    await pipeline(answer, troubledBody(body), response);
  } catch {
    response.destroy(); // either side went away, and the other has to learn it
  }
}
