import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** A download of one blob by one node. Times are of performance.now(). */
export interface BlobRequest {
  /** Address of the node. */
  readonly from: string;
  readonly repository: string;
  readonly digest: string;
  readonly startedMs: number;
  /** Undefined while it runs. */
  endedMs?: number;
  bytes: number;
}

/** A proxy before a registry that remembers who downloaded what and when. */
export interface RegistryDoor {
  readonly host: string;
  readonly requests: readonly BlobRequest[];
  stop(): Promise<void>;
}

/** Opens a door at `address` and a free port to the registry at `backend`. */
export async function startRegistryDoor(address: string, backend: string): Promise<RegistryDoor> {
  const requests: BlobRequest[] = [];
  const server = createServer((incoming, response) => {
    const entry = blobRequest(incoming);
    if (entry) requests.push(entry);
    response.on('close', () => {
      if (entry) entry.endedMs = performance.now();
    });
    void forward(backend, incoming, response, bytes => {
      if (entry) entry.bytes += bytes;
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: `${address}:${port}`,
    requests,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
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

function blobRequest({ method, url = '', socket }: IncomingMessage): BlobRequest | undefined {
  const [, repository, digest] = /^\/v2\/(.+)\/blobs\/([^/?]+)/.exec(url) ?? [];
  if (method !== 'GET' || repository === undefined || digest === undefined) return undefined;
  const from = socket.remoteAddress ?? '';
  return { from, repository, digest, startedMs: performance.now(), bytes: 0 };
}

async function forward(
  backend: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  onBytes: (count: number) => void,
): Promise<void> {
  try {
    const { method, headers } = incoming;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = request(new URL(incoming.url ?? '/', backend), { method, headers }, resolve);
      outgoing.on('error', reject);
      incoming.pipe(outgoing);
    });
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('data', (chunk: Buffer) => onBytes(chunk.length));
    await pipeline(answer, response);
  } catch {
    response.destroy(); // either side went away, and the other has to learn it
  }
}
