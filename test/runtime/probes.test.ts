import assert from 'node:assert/strict';
import { createHttpServer } from '../../runtime/http-server.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { createProbes, type ProbesOptions } from '../../runtime/probes.ts';

async function serve(options: Partial<ProbesOptions>) {
  const metrics = createPlainMetrics();
  metrics.counter({ name: 'things_total', help: 'Things.' }).inc();
  const handler = createProbes({ live: {}, ready: {}, ...options }, { metrics });
  const server = createHttpServer({ host: '127.0.0.1', port: 0 }, { handler });
  await server.start();
  return {
    ask: async (path: string, method = 'GET') => {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
      const type = response.headers.get('content-type');
      return { status: response.status, text: await response.text(), type };
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

describe('createProbes', () => {
  it('is well when every check is, and says what it looked at', async () => {
    await using probes = await serve({
      live: { loop: () => undefined },
      ready: { caches: () => undefined, leader: () => Promise.resolve(undefined) },
    });
    const { status, text } = await probes.ask('/readyz?verbose');
    assert.deepEqual([status, text], [200, '[+]caches ok\n[+]leader ok\n']);
    assert.deepEqual((await probes.ask('/healthz')).text, '[+]loop ok\n');
  });

  it('answers 503 with what is wrong, also when a check throws', async () => {
    await using probes = await serve({
      ready: {
        caches: () => 'pods are not listed yet',
        certificate: () => Promise.reject(new Error('unreadable')),
        leader: () => undefined,
      },
    });
    const { status, text } = await probes.ask('/readyz');
    assert.equal(status, 503);
    assert.equal(
      text,
      '[-]caches: pods are not listed yet\n[-]certificate: unreadable\n[+]leader ok\n',
    );
    assert.equal((await probes.ask('/healthz')).status, 200);
  });

  it('prints the metrics', async () => {
    await using probes = await serve({});
    const { text, type } = await probes.ask('/metrics');
    assert.match(text, /^things_total 1$/m);
    assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8');
  });

  const refusals = [
    ['/nothing', 'GET', 404],
    ['/readyz', 'POST', 405],
  ] as const;
  for (const [path, method, status] of refusals) {
    it(`answers ${status} to ${method} ${path}`, async () => {
      await using probes = await serve({});
      assert.equal((await probes.ask(path, method)).status, status);
    });
  }
});
