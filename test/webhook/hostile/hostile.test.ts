import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { workloadKind } from '../../../api/workload-kinds.ts';
import { ROUTES } from '../../../webhook/routes.ts';
import { jobReview, MUTATE_JOB, reviewOf } from '../review.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { HOSTILE_VALUES, PLACES } from './objects.ts';
import { RAW_REQUESTS } from './raw-requests.ts';

/** Stands in a review where the hostile text goes. */
const MARK = '"HERE"';

/** The kinds of workloads share their handlers; validating ones judge what the mutating ones have let through. */
const DIFFERENT_ROUTES = ROUTES.filter(
  ({ type, resources }) =>
    type === 'mutating' && (resources.kind === 'CloneSet' || workloadKind(resources) === undefined),
);

describe('webhook server among enemies', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
  });
  afterEach(async () => {
    assert.equal((Object.prototype as Record<string, unknown>)['polluted'], undefined);
    const { status } = await server.client.post(MUTATE_JOB, jobReview());
    assert.equal(status, 200, 'it must go on');
    assert.deepEqual(server.log.at('error'), []);
  });
  after(() => server.stop());

  /** The answer to what was sent on a connection of its own; '' when that ends without one. */
  const exchange = async (bytes: string | Buffer, ends = false): Promise<string> => {
    const socket = await server.open();
    const answer = readAll(socket);
    if (ends) socket.end(bytes);
    else socket.write(bytes);
    return answer;
  };

  for (const [title, { bytes, status, ends = false }] of Object.entries(RAW_REQUESTS)) {
    it(`${status === undefined ? 'closes the connection on' : `answers ${status} to`} ${title}`, async () => {
      const answer = await exchange(bytes, ends);
      const [, code] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? [];
      assert.equal(code, status === undefined ? undefined : String(status), answer);
      assert.doesNotMatch(answer, /node_modules|at \w+ \(|Error:/);
    });
  }

  for (const [title, value] of Object.entries(HOSTILE_VALUES)) {
    it(`takes ${title} for anything, on every path`, async () => {
      for (const { path, resources } of DIFFERENT_ROUTES) {
        const [version = ''] = resources.versions;
        const resource = { ...resources, version, namespaced: true };
        for (const [place, object] of Object.entries(PLACES)) {
          const text = JSON.stringify(reviewOf(resource, 'HERE'));
          const body = text.replace(MARK, () => object.replace('HERE', () => value));
          const { status, text: answer } = await server.client.send(path, body);
          assert.ok(status === 200 || status === 400, `${path}, ${place}: ${status} ${answer}`);
          assert.ok(answer.length < 200_000, `${path}, ${place}: ${answer.length} bytes`);
        }
      }
    });
  }

  for (const [title, value] of Object.entries(HOSTILE_VALUES)) {
    it(`answers ${title} in every field of the review with 200 or 400`, async () => {
      for (const field of Object.keys(jobReview().request)) {
        const body = JSON.stringify(jobReview({ [field]: 'HERE' })).replace(MARK, () => value);
        const { status } = await server.client.send(MUTATE_JOB, body);
        assert.ok(status === 200 || status === 400, `${field}: ${status}`);
      }
    });
  }

  it('answers a replayed review as it did the first time', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map(() => server.client.post(MUTATE_JOB, jobReview())),
    );
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  });

  it('gives back the uid it was asked with, whatever that is', async () => {
    for (const uid of ['"', '\u2028', 'x'.repeat(10_000), '<script>', '${jndi:ldap://a}']) {
      const { json } = await server.client.post(MUTATE_JOB, jobReview({ uid }));
      assert.equal(json.response?.uid, uid);
    }
  });

  it('lets a client go that speaks no TLS', async () => {
    const socket = connectTcp({ host: '127.0.0.1', port: server.port });
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'close');
  });

  for (const [title, options] of Object.entries({
    'a name that is not ours': { servername: 'evil.example', rejectUnauthorized: false },
    'no name': { servername: '', rejectUnauthorized: false },
    'HTTP/2 only': { ALPNProtocols: ['h2'] },
    'HTTP/1.1 by ALPN': { ALPNProtocols: ['http/1.1'] },
  })) {
    it(`serves or refuses in the handshake a client that asks for ${title}`, async () => {
      const socket = await server.open(options).catch(() => undefined);
      if (socket === undefined) return;
      assert.notEqual(socket.alpnProtocol, 'h2');
      socket.destroy();
    });
  }

  it('is not held up by 300 connections that say nothing', async () => {
    const sockets = await Promise.all(Array.from({ length: 300 }, () => server.open()));
    assert.equal((await server.client.post(MUTATE_JOB, jobReview())).status, 200);
    for (const socket of sockets) socket.destroy();
  });

  it('holds no memory after 200 large bodies that were cut', async () => {
    const head = `POST ${MUTATE_JOB} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 7000000\r\n\r\n`;
    const megabyte = 'x'.repeat(1024 * 1024);
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 200; i++) {
      const socket = await server.open();
      socket.on('error', () => {});
      socket.write(head + megabyte);
      await once(socket, 'drain');
      socket.destroy();
    }
    const grownMb = (process.memoryUsage().rss - before) / 2 ** 20;
    assert.ok(grownMb < 100, `${grownMb} MB of 200 that were sent`);
  });
});

async function readAll(socket: TLSSocket): Promise<string> {
  let text = '';
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    // A connection that is kept alive ends when its answer is whole.
    const [, head = '', body = ''] = /^([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(text) ?? [];
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (head !== '' && Buffer.byteLength(body) >= length) socket.destroy();
  });
  if (!socket.destroyed) await once(socket, 'close');
  return text;
}
