import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Spreads connections over ports of 127.0.0.1, as a Service does over its endpoints. */
export interface LoadBalancer extends AsyncDisposable {
  readonly port: number;
  /** New connections go here; open ones stay where they are. */
  lead(ports: readonly number[]): void;
  /** New connections are accepted, and then nothing comes, as from a machine that hangs. */
  hang(): void;
}

/** Starts a balancer that leads nowhere yet: connections are reset. */
export async function startLoadBalancer(): Promise<LoadBalancer> {
  let ports: readonly number[] = [];
  let hangs = false;
  let next = 0;
  const open = new Set<Socket>();
  const server = createServer(client => {
    if (hangs) {
      open.add(client.resume().on('error', () => client.destroy()));
      return;
    }
    const port = ports[next++ % ports.length];
    if (port === undefined) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host: '127.0.0.1', port });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => open.delete(one));
      one.pipe(other);
    }
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    lead: to => {
      ports = to;
    },
    hang: () => {
      hangs = true;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise(resolve => {
        server.close(resolve);
      });
    },
  };
}
