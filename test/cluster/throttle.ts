import { type AddressInfo, connect, createServer } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sleep } from './until.ts';

/** A way to a server that passes its answers on slowly. */
export interface Throttle {
  /** `127.0.0.1:port` */
  readonly host: string;
  stop(): Promise<void>;
}

/** Opens a TCP proxy on the loopback to `backend` (`address:port`); each connection carries `bytesPerSecond` back. */
export async function startThrottle(backend: string, bytesPerSecond: number): Promise<Throttle> {
  const [address = '', backendPort = ''] = backend.split(':');
  const server = createServer(client => {
    const upstream = connect(Number(backendPort), address);
    const slow = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        void sleep((chunk.length / bytesPerSecond) * 1000).then(() => done(null, chunk));
      },
    });
    // Either side may hang up; then the other one is hung up on.
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    pipeline(client, upstream).catch(end);
    pipeline(upstream, slow, client).catch(end);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    stop: () => new Promise(resolve => server.close(() => resolve())),
  };
}
