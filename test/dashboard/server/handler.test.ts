import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { NODE_IMAGES } from '../../../api/resources.ts';
import { type Access, loopbackAccess } from '../../../dashboard/server/access.ts';
import { createDashboard } from '../../../dashboard/server/dashboard.ts';
import type { StoryDeps } from '../../../dashboard/server/story.ts';
import { createHttpServer } from '../../../runtime/http-server.ts';
import { silentLogger } from '../../../runtime/log.ts';
import { noMetrics } from '../../../runtime/metrics.ts';
import { FakeKube } from '../../support/fake-kube.ts';
import { nodeImageOf } from '../fleet.ts';
import { runCaches } from '../stage.ts';

const DATA_PATHS = ['/api/events', '/api/node?name=a', '/api/workload?kind=CloneSet&name=web'];

const noStory: StoryDeps['why'] = () => Promise.reject(new Error('nobody asks'));

async function serve(access: Access = loopbackAccess) {
  const kube = new FakeKube();
  kube.seed(NODE_IMAGES, nodeImageOf('a', 'warm'));
  const running = await runCaches(kube, kube.clock);
  const file = { type: 'text/html', body: Buffer.from('<!doctype html>') };
  const dashboard = createDashboard(
    { maxPullsPerRegistry: 0, version: '1' },
    {
      caches: running.caches,
      page: new Map([['/', file]]),
      access,
      why: noStory,
      clock: kube.clock,
      log: silentLogger,
      metrics: noMetrics,
    },
  );
  const server = createHttpServer({ host: '127.0.0.1', port: 0 }, dashboard);
  await server.start();
  const abort = new AbortController();
  const streaming = dashboard.run(abort.signal).catch(() => {});
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    [Symbol.asyncDispose]: async () => {
      abort.abort(new Error('the test ended'));
      await streaming;
      await server.stop();
      await running[Symbol.asyncDispose]();
    },
  };
}

const statusOf = async (url: string, init: RequestInit = {}): Promise<number> => {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
};

/** What a server answers to bytes that no client library would send. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    let answer = '';
    socket.on('data', piece => (answer += String(piece)));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('the server of the dashboard', () => {
  it('only reads', async () => {
    await using server = await serve();
    for (const path of ['/', ...DATA_PATHS]) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const response = await fetch(server.url + path, { method });
        assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET'], path);
      }
    }
  });

  it('serves its own files and nothing else, whatever a path looks like', async () => {
    await using server = await serve();
    assert.equal(await statusOf(server.url), 200);
    for (const path of [
      '/../../etc/passwd',
      '/%2e%2e/package.json',
      '//etc/passwd',
      '/page.js/..',
      'http://x/',
    ]) {
      const answer = await raw(
        server.port,
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      assert.match(answer, /^HTTP\/1\.1 404 /, path);
    }
  });

  it('forbids scripts, frames and forms of others in every answer', async () => {
    await using server = await serve();
    for (const path of ['/', '/api/node?name=a', '/nowhere', '/api/events']) {
      const response = await fetch(server.url + path);
      if (path === '/api/events') await response.body?.cancel();
      else await response.text();
      const policy = response.headers.get('content-security-policy') ?? '';
      for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
        assert.ok(policy.includes(rule), `${path}: ${policy}`);
      }
      assert.ok(!policy.includes('unsafe'));
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.equal(response.headers.get('access-control-allow-origin'), null);
    }
  });

  const verdicts = [
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['unknown', 503],
  ] as const;
  for (const [kind, status] of verdicts) {
    it(`tells nothing of the cluster to who is ${kind}, and serves the empty page`, async () => {
      await using server = await serve(() => Promise.resolve({ kind, message: 'no' }));
      for (const path of DATA_PATHS) assert.equal(await statusOf(server.url + path), status);
      assert.equal(await statusOf(server.url), 200);
    });
  }

  it('on loopback answers only under the names of loopback', async () => {
    await using server = await serve();
    const hosts = [
      ['localhost:8090', 200],
      ['127.0.0.1', 200],
      ['[::1]:8090', 200],
      ['evil.example', 403],
      ['localhost.evil.example:8090', 403],
    ] as const;
    for (const [host, status] of hosts) {
      const answer = await raw(
        server.port,
        `GET /api/node?name=a HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), `${host}: ${answer.slice(0, 40)}`);
    }
  });

  it('tells what there is of a node, and 404 of what there is not', async () => {
    await using server = await serve();
    const node = (await (await fetch(`${server.url}/api/node?name=a`)).json()) as object;
    assert.ok('images' in node);
    assert.equal(await statusOf(`${server.url}/api/node?name=b`), 404);
    assert.equal(await statusOf(`${server.url}/api/workload?kind=CloneSet&name=web`), 404);
  });

  it('turns people away when too many look', async () => {
    await using server = await serve();
    const streams = await Promise.all(
      Array.from({ length: 32 }, () => fetch(`${server.url}/api/events`)),
    );
    assert.equal(await statusOf(`${server.url}/api/events`), 503);
    for (const { body } of streams) await body?.cancel();
  });
});
