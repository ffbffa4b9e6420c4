import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on the loopback that can fail in the ways networks do. It knows nothing of what passes through it, TLS or not. */
export interface TcpProxy extends AsyncDisposable {
  /** The same in all its states. */
  readonly port: number;
  /** Connections it took since it was started. */
  readonly accepted: number;
  /** Breaks the open connections with a reset, as a load balancer does that forgets them. New ones pass. */
  cut(): void;
  /**
   * Lets nothing more through: open connections stay open and new ones are taken, but what is sent is lost, as behind a peer that
   * died without a word. A connection that was stalled stays so for the rest of its life.
   */
  stall(): void;
  /** Breaks the open connections and refuses new ones, as a machine does whose server is down. */
  refuse(): Promise<void>;
  /** New connections pass again. */
  pass(): Promise<void>;
}

/** Starts a proxy to `target` and returns when it listens. */
export async function startTcpProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const proxy = new Proxy(target);
  await proxy.pass();
  return proxy;
}

/** A connection through the proxy: the client's socket and ours to the target. */
type Pair = readonly [client: Socket, upstream: Socket];

class Proxy implements TcpProxy {
  accepted = 0;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<Pair>();
  #server: Server | undefined;
  #port = 0;
  #stalls = false;

  constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
  }

  get port(): number {
    return this.#port;
  }

  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  stall(): void {
    this.#stalls = true;
    for (const pair of this.#pairs) swallow(pair);
  }

  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>(resolve => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
    this.cut();
    await closed;
  }

  async pass(): Promise<void> {
    this.#stalls = false;
    if (this.#server !== undefined) return;
    // A socket that is half closed is still a connection: the pipes end the other half.
    const server = createServer({ allowHalfOpen: true }, client => this.#take(client));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.refuse();
  }

  #take(client: Socket): void {
    this.accepted++;
    const upstream = connect({ ...this.#target, allowHalfOpen: true });
    const pair: Pair = [client, upstream];
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      for (const socket of pair) socket.destroySoon();
    };
    for (const socket of pair) {
      socket.setNoDelay(true);
      // A broken connection is reported by 'close' too.
      socket.on('error', () => {}).on('close', end);
    }
    if (this.#stalls) swallow(pair);
    else client.pipe(upstream).pipe(client);
  }
}

/** What comes is read and thrown away, so that its sender believes it arrived. */
function swallow(pair: Pair): void {
  for (const socket of pair) socket.unpipe().resume();
}
