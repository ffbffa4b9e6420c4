import assert from 'node:assert/strict';
import type { KubeError } from '../../kube/kube-error.ts';
import { BAD_ANSWER, REQUEST_TIMEOUT, STALE_CONNECTION } from '../../kube/request-failure.ts';
import {
  type Answer,
  accessTo,
  json,
  plain,
  reset,
  type ScriptedServer,
  silent,
  startScriptedServer,
  stream,
} from './scripted-server.ts';
import { connect, failureOf, get } from './transport-fixture.ts';

describe('createHttpsTransport', () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await startScriptedServer();
  });
  afterEach(() => server[Symbol.asyncDispose]());

  describe('request', () => {
    it('sends JSON and returns JSON', async () => {
      using transport = connect(server.access);
      server.script = [json({ kind: 'Node', text: 'Ωπ 漢字 🚀' })];
      const answer = await transport.request({
        ...get,
        method: 'PATCH',
        body: { a: '漢' },
        contentType: 'application/merge-patch+json',
      });
      assert.deepEqual(answer, { kind: 'Node', text: 'Ωπ 漢字 🚀' });
      const [request] = server.requests;
      assert.equal(request?.method, 'PATCH');
      assert.equal(request?.url, '/api/v1/nodes?limit=1');
      assert.equal(request?.body, '{"a":"漢"}');
      assert.equal(request?.headers['content-type'], 'application/merge-patch+json');
      assert.equal(request?.headers['user-agent'], 'headstart/test');
      assert.equal(request?.headers.accept, 'application/json');
    });

    it('returns text that is not JSON as it is', async () => {
      using transport = connect(server.access);
      server.script = [plain('ok')];
      assert.equal(await transport.request(get), 'ok');
    });

    it('sends its credentials and keeps the path of the server', async () => {
      const { tls } = await server.access.credentials();
      const headers = { Authorization: 'Bearer abc' };
      using transport = connect(accessTo(new URL('/prefix/', server.url), { tls, headers }));
      await transport.request(get);
      assert.equal(server.requests[0]?.url, '/prefix/api/v1/nodes?limit=1');
      assert.equal(server.requests[0]?.headers.authorization, 'Bearer abc');
    });

    it('uses one connection for many calls', async () => {
      using transport = connect(server.access);
      for (let i = 0; i < 20; i++) await transport.request(get);
      assert.equal(server.connections, 1);
    });

    it('opens no more connections than it may, and serves all', async () => {
      using transport = connect(server.access, 3);
      await Promise.all(Array.from({ length: 12 }, () => transport.request(get)));
      assert.equal(server.connections, 3);
    });

    it('opens new connections when its TLS material changes', async () => {
      const { tls } = await server.access.credentials();
      const access = { ...server.access };
      using transport = connect(access);
      await transport.request(get);
      access.credentials = () => Promise.resolve({ tls: { ...tls }, headers: {} });
      await transport.request(get);
      assert.equal(server.connections, 2);
    });

    it('speaks plain HTTP where it is asked to', async () => {
      await using insecure = await startScriptedServer('http');
      using transport = connect(insecure.access);
      insecure.script = [json({ plain: true })];
      assert.deepEqual(await transport.request(get), { plain: true });
    });

    const conflict = { kind: 'Status', reason: 'Conflict', message: 'object was modified' };
    const busy = { message: 'slow down', details: { retryAfterSeconds: 3 } };
    const refusals: readonly [string, Answer, Partial<KubeError>][] = [
      [
        'a Status',
        json(conflict, 409),
        {
          status: 409,
          reason: 'Conflict',
          retryable: false,
          code: 'KUBE_REQUEST_FAILED',
          message: 'GET /api/v1/nodes: object was modified',
        },
      ],
      [
        'Retry-After',
        json({ message: 'slow down' }, 429, { 'Retry-After': '7' }),
        { status: 429, retryAfterMs: 7_000, retryable: true },
      ],
      ['retryAfterSeconds', json(busy, 503), { status: 503, retryAfterMs: 3_000, retryable: true }],
      [
        'a page of a proxy',
        plain('<html>\n<body>Bad Gateway', 502, 'text/html'),
        { status: 502, retryable: true, message: 'GET /api/v1/nodes: <html>' },
      ],
      [
        'JSON that is no Status',
        json(['no', 'object'], 500),
        { status: 500, retryable: true, message: 'GET /api/v1/nodes: ["no","object"]' },
      ],
      ['nothing', plain('', 403), { status: 403, message: 'GET /api/v1/nodes: Forbidden' }],
      ['a redirect', plain('', 302), { status: 302 }],
      [
        'half of its JSON',
        plain('{"kind":', 200, 'application/json'),
        { status: 200, reason: BAD_ANSWER, retryable: true },
      ],
    ];
    for (const [name, answer, expected] of refusals) {
      it(`tells a refusal with ${name}`, async () => {
        using transport = connect(server.access);
        server.script = [answer];
        const error = await failureOf(transport.request(get));
        const actual = Object.keys(expected).map(key => error[key as keyof KubeError]);
        assert.deepEqual(actual, Object.values(expected));
      });
    }

    it('tells an answer that is cut off', async () => {
      using transport = connect(server.access);
      server.script = [
        response => {
          response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100' });
          response.write('{"kind":');
          setTimeout(() => response.destroy(), 5);
        },
      ];
      const error = await failureOf(transport.request(get));
      assert.deepEqual([error.status, error.code, error.retryable], [0, 'KUBE_UNREACHABLE', true]);
    });

    it('tells a server that cannot be reached, or not be trusted', async () => {
      const { port } = server.url;
      using untrusting = connect(accessTo(server.url, { tls: {}, headers: {} }));
      const distrust = await failureOf(untrusting.request(get));
      assert.match(distrust.message, /certificate/);
      await server[Symbol.asyncDispose]();
      using transport = connect(server.access);
      const refused = await failureOf(transport.request(get));
      assert.match(refused.message, new RegExp(`ECONNREFUSED.*${port}`));
      assert.equal(refused.status, 0);
      server = await startScriptedServer();
    });

    it('tells a kept-alive connection that was reset under a request', async () => {
      using transport = connect(server.access);
      await transport.request(get);
      server.script = [reset];
      const error = await failureOf(transport.request(get));
      assert.deepEqual([error.status, error.reason], [0, STALE_CONNECTION]);
      const fresh = await failureOf(transport.request(get));
      assert.deepEqual([fresh.status, fresh.reason], [0, '']);
    });

    for (const [name, answer] of [
      ['no answer', silent],
      ['an answer that stops half-way', stream([{ half: true }], () => {})],
    ] as const) {
      it(`gives up on ${name} at the deadline`, async () => {
        using transport = connect(server.access);
        server.script = [answer];
        const error = await failureOf(transport.request({ ...get, deadlineMs: 50 }));
        assert.deepEqual([error.status, error.reason], [0, REQUEST_TIMEOUT]);
        server.script = [json({ next: true })];
        assert.deepEqual(await transport.request(get), { next: true });
      });
    }

    it('rejects with the reason of its signal, before and during the call', async () => {
      using transport = connect(server.access);
      server.script = [silent];
      const stop = new AbortController();
      const call = transport.request({ ...get, signal: stop.signal });
      setTimeout(() => stop.abort(new Error('enough')), 20);
      await assert.rejects(call, /^Error: enough$/);
      await assert.rejects(transport.request({ ...get, signal: stop.signal }), /^Error: enough$/);
    });

    it('does not wait for credentials beyond its deadline', async () => {
      using transport = connect({ ...server.access, credentials: () => new Promise(() => {}) });
      const error = await failureOf(transport.request({ ...get, deadlineMs: 20 }));
      assert.equal(error.reason, REQUEST_TIMEOUT);
    });

    it('says so when the server refuses the credentials', async () => {
      let refusals = 0;
      using transport = connect({ ...server.access, refused: () => refusals++ });
      server.script = [json({ message: 'Unauthorized' }, 401)];
      assert.equal((await failureOf(transport.request(get))).status, 401);
      assert.equal(refusals, 1);
    });
  });
});
