import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '../../runtime/clock.ts';
import { hasCode } from '../../runtime/errors.ts';
import { createHttpServer, type HttpServerOptions } from '../../runtime/http-server.ts';
import { testCertificates } from '../support/test-certificates.ts';

const here = { host: '127.0.0.1', port: 0 };

/** A server whose requests wait until `answer` is called. */
async function start(options: Partial<HttpServerOptions> = {}) {
  const waiting: (() => void)[] = [];
  const server = createHttpServer(
    { ...here, ...options },
    {
      handler: (incoming, response) => {
        if (incoming.url === '/slow') waiting.push(() => response.end('done'));
        else response.end('ok');
      },
    },
  );
  await server.start();
  return {
    server,
    /** Resolves when `count` requests wait. */
    waitFor: async (count: number) => {
      for (let i = 0; i < 1_000 && waiting.length < count; i++) await systemClock.sleep(1);
    },
    answer: () => {
      for (const go of waiting.splice(0)) go();
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function get(port: number, path: string, agent?: Agent) {
  const outgoing = httpRequest({ host: '127.0.0.1', port, path, ...(agent ? { agent } : {}) });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const body = await text(response);
  return { body, connection: response.headers.connection };
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

describe('createHttpServer', () => {
  it('listens on a free port and answers', async () => {
    await using test = await start();
    assert.ok(test.server.port > 0);
    assert.equal((await get(test.server.port, '/')).body, 'ok');
  });

  it('keeps idle connections for longer than Go does', async () => {
    await using test = await start();
    const agent = new Agent({ keepAlive: true });
    const outgoing = httpRequest({ host: '127.0.0.1', port: test.server.port, agent });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.resume();
    assert.equal(response.headers['keep-alive'], 'timeout=120');
    agent.destroy();
  });

  it('says which address is taken', async () => {
    await using test = await start();
    const second = createHttpServer({ ...here, port: test.server.port }, { handler: () => {} });
    await assert.rejects(
      second.start(),
      (error: Error) =>
        hasCode(error, 'CONFIG_INVALID') && error.message.includes(`127.0.0.1:${test.server.port}`),
    );
    assert.equal(second.port, 0);
    await second.stop();
  });

  describe('stop', () => {
    it('lets running requests finish and refuses new connections', async () => {
      const { server, waitFor, answer } = await start();
      const { port } = server;
      const slow = get(port, '/slow', new Agent({ keepAlive: true }));
      await waitFor(1);
      let stopped = false;
      const stopping = server.stop().then(() => {
        stopped = true;
      });
      await assert.rejects(open(port), /ECONNREFUSED/);
      assert.equal(stopped, false);
      answer();
      assert.deepEqual(await slow, { body: 'done', connection: 'close' });
      await stopping;
    });

    it('closes connections that are idle', async () => {
      const { server } = await start();
      const agent = new Agent({ keepAlive: true });
      await get(server.port, '/', agent);
      const [socket] = Object.values(agent.freeSockets).flat();
      assert.ok(socket);
      await server.stop();
      if (!socket.closed) await once(socket, 'close');
    });

    it('cuts requests that outlast the drain', async () => {
      const { server, waitFor } = await start({ drainMs: 20 });
      const slow = get(server.port, '/slow');
      const failed = assert.rejects(slow, /socket hang up/);
      await waitFor(1);
      await server.stop();
      await failed;
    });

    it('first goes on accepting for a while, and asks everybody to come back elsewhere', async () => {
      const { server } = await start({ lameDuckMs: 60 });
      const { port } = server;
      const agent = new Agent({ keepAlive: true });
      assert.equal((await get(port, '/', agent)).connection, 'keep-alive');
      const stopping = server.stop();
      assert.deepEqual(await get(port, '/', agent), { body: 'ok', connection: 'close' });
      assert.deepEqual(await get(port, '/'), { body: 'ok', connection: 'close' });
      await stopping;
      await assert.rejects(open(port), /ECONNREFUSED/);
    });
  });

  describe('with TLS', () => {
    const servedName = async (port: number): Promise<unknown> => {
      const options = { host: '127.0.0.1', port, rejectUnauthorized: false, agent: false } as const;
      const outgoing = httpsRequest(options);
      outgoing.end();
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      response.resume();
      return (response.socket as TLSSocket).getPeerCertificate().subject.CN;
    };

    it('serves another pair to new connections as soon as it is set', async () => {
      const { first, second } = await testCertificates();
      await using test = await start({ tls: first });
      assert.equal(await servedName(test.server.port), 'first');
      test.server.setTls(second);
      assert.equal(await servedName(test.server.port), 'second');
    });

    it('refuses a pair that does not fit, and keeps the old one', async () => {
      const { first, second } = await testCertificates();
      const wrong = { certPem: first.certPem, keyPem: second.keyPem };
      assert.throws(
        () => createHttpServer({ ...here, tls: wrong }, { handler: () => {} }),
        (error: Error) => hasCode(error, 'CERT_INVALID'),
      );
      await using test = await start({ tls: first });
      assert.throws(
        () => test.server.setTls({ certPem: 'nonsense', keyPem: 'nonsense' }),
        (error: Error) => hasCode(error, 'CERT_INVALID'),
      );
      assert.equal(await servedName(test.server.port), 'first');
    });
  });
});
