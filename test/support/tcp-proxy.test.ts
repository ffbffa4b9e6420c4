import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

describe('startTcpProxy', () => {
  let proxy: TcpProxy;
  const sockets = new Set<Socket>();
  /** Answers each chunk with the same. */
  const echo = createServer(socket => {
    sockets.add(socket.on('error', () => {}));
    socket.pipe(socket);
  });
  beforeEach(async () => {
    if (!echo.listening) await once(echo.listen(0, '127.0.0.1'), 'listening');
    proxy = await startTcpProxy({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
  });
  afterEach(() => proxy[Symbol.asyncDispose]());
  after(() => {
    for (const socket of sockets) socket.destroy();
    echo.close();
  });

  const open = async (): Promise<Socket> => {
    const socket = connect(proxy.port, '127.0.0.1');
    // Whoever waits for it hears of a failure; when nobody does, the proxy was stopped.
    sockets.add(socket.on('error', () => {}));
    await once(socket, 'connect');
    return socket;
  };
  const ask = async (socket: Socket, text: string): Promise<string> => {
    socket.write(text);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  };
  const failure = async (work: Promise<unknown>): Promise<string | undefined> =>
    work.then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );

  it('passes bytes both ways and counts connections', async () => {
    assert.equal(await ask(await open(), 'one'), 'one');
    assert.equal(await ask(await open(), 'two'), 'two');
    assert.equal(proxy.accepted, 2);
  });

  it('hands the end of a stream on', async () => {
    const socket = await open();
    const ended = once(socket.resume(), 'end');
    socket.end('last words');
    await ended;
  });

  it('cuts what is open and takes what comes next', async () => {
    const socket = await open();
    await ask(socket, 'before');
    const broken = failure(once(socket, 'data'));
    proxy.cut();
    assert.equal(await broken, 'ECONNRESET');
    assert.equal(await ask(await open(), 'after'), 'after');
  });

  it('stalls what is open for good, and what comes until it passes again', async () => {
    const before = await open();
    await ask(before, 'before');
    proxy.stall();
    const during = await open();
    const answers: string[] = [];
    for (const socket of [before, during]) {
      socket.on('data', (chunk: Buffer) => answers.push(chunk.toString()));
      socket.write('lost');
    }
    await proxy.pass();
    // Later on the same loopback than what would have come back.
    assert.equal(await ask(await open(), 'after'), 'after');
    assert.deepEqual(answers, []);
    assert.deepEqual([before.closed, during.closed], [false, false]);
  });

  it('refuses, and listens on the same port again', async () => {
    const socket = await open();
    const broken = failure(once(socket, 'data'));
    const { port } = proxy;
    await proxy.refuse();
    assert.equal(await broken, 'ECONNRESET');
    assert.equal(await failure(open()), 'ECONNREFUSED');
    await proxy.pass();
    assert.equal(proxy.port, port);
    assert.equal(await ask(await open(), 'again'), 'again');
  });
});
