import assert from 'node:assert/strict';
import { once } from 'node:events';
import { IMAGE_PULL_JOBS, NODE_IMAGES } from '../../api/resources.ts';
import { JOB, jobReview, MUTATE_JOB, reviewOf } from './review.ts';
import { startTestServer, type TestServer } from './test-server.ts';

describe('webhook server, asked badly', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer();
  });

  afterEach(() => server.stop());

  const refused: Record<
    string,
    { body: string | Buffer; code: number; says: RegExp; headers?: Record<string, string> }
  > = {
    'an empty body': { body: '', code: 400, says: /empty/ },
    'half of a JSON text': {
      body: JSON.stringify(jobReview()).slice(0, 99),
      code: 400,
      says: /not JSON/,
    },
    'invalid UTF-8': { body: Buffer.from([0x22, 0xff, 0xfe, 0x22]), code: 400, says: /not UTF-8/ },
    'a byte order mark': { body: '\uFEFF{}', code: 400, says: /not JSON/ },
    null: { body: 'null', code: 400, says: /AdmissionReview object/ },
    'a review of another kind': {
      body: JSON.stringify(reviewOf(NODE_IMAGES, JOB)),
      code: 400,
      says: /judges imagepulljobs.apps.kruise.io, not nodeimages/,
    },
    'a review of an unknown version': {
      body: JSON.stringify(reviewOf({ ...IMAGE_PULL_JOBS, version: 'v9' }, JOB)),
      code: 400,
      says: /knows v1alpha1 and v1beta1, not v9/,
    },
    'a review whose kind is not that of its resource': {
      body: JSON.stringify(reviewOf({ ...IMAGE_PULL_JOBS, kind: 'Pod' }, JOB)),
      code: 400,
      says: /judges ImagePullJob, not Pod/,
    },
    'a review with a null object': {
      body: JSON.stringify(jobReview({ object: null })),
      code: 400,
      says: /request.object must be an object/,
    },
    'another content type': {
      body: '{}',
      code: 415,
      says: /application\/json/,
      headers: { 'content-type': 'text/plain' },
    },
    'no content type': {
      body: '{}',
      code: 415,
      says: /application\/json/,
      headers: { 'content-type': '' },
    },
    'another charset': {
      body: '{}',
      code: 415,
      says: /utf-8/,
      headers: { 'content-type': 'application/json; charset=latin1' },
    },
    'a compressed body': {
      body: '{}',
      code: 415,
      says: /compressed/,
      headers: { 'content-encoding': 'gzip' },
    },
    'a body above 7 MiB': {
      body: Buffer.alloc(7 * 1024 * 1024 + 1, 0x20),
      code: 413,
      says: /larger than 7340032 bytes/,
    },
    'a chunked body above 7 MiB': {
      body: Buffer.alloc(7 * 1024 * 1024 + 1, 0x20),
      code: 413,
      says: /larger than/,
      headers: { 'transfer-encoding': 'chunked' },
    },
  };
  for (const [name, { body, code, says, headers = {} }] of Object.entries(refused)) {
    it(`answers ${name} with ${code} and a Status, and goes on`, async () => {
      const response = await server.client.send(MUTATE_JOB, body, { headers });
      assert.equal(response.status, code);
      const status = JSON.parse(response.text) as { kind: string; code: number; message: string };
      assert.deepEqual([status.kind, status.code], ['Status', code]);
      assert.match(status.message, says);
      const next = await server.client.post(MUTATE_JOB, jobReview());
      assert.equal(next.status, 200);
    });
  }

  it('takes application/json with a charset of utf-8', async () => {
    const headers = { 'content-type': 'Application/JSON; charset="UTF-8"' };
    const { status } = await server.client.send(MUTATE_JOB, JSON.stringify(jobReview()), {
      headers,
    });
    assert.equal(status, 200);
  });

  it('serves a body of just 7 MiB', async () => {
    const text = JSON.stringify(jobReview());
    const { status } = await server.client.send(MUTATE_JOB, text.padEnd(7 * 1024 * 1024));
    assert.equal(status, 200);
  });

  for (const depth of [5_000, 1_000_000]) {
    it(`answers JSON that is ${depth} levels deep`, async () => {
      const text = JSON.stringify(jobReview()).replace(
        '"image"',
        `"deep":${'['.repeat(depth)}${']'.repeat(depth)},"image"`,
      );
      const { status } = await server.client.send(MUTATE_JOB, text);
      assert.equal(status, 200);
    });
  }

  it('serves POST only, and probes with GET only', async () => {
    const get = await server.client.send(MUTATE_JOB, undefined, { method: 'GET' });
    assert.deepEqual([get.status, get.headers.allow], [405, 'POST']);
    for (const path of ['/healthz', '/readyz']) {
      const probe = await server.client.send(path, undefined, { method: 'GET' });
      assert.deepEqual([probe.status, probe.text], [200, 'ok\n']);
      assert.equal((await server.client.send(path, '{}')).status, 405);
    }
  });

  for (const path of [
    '/',
    '/mutate-apps-kruise-io-pod',
    `${MUTATE_JOB}/`,
    MUTATE_JOB.toUpperCase(),
    '/%zz',
    '/../etc',
  ]) {
    it(`does not know ${path}`, async () => {
      const { status, json } = await server.client.post(path, jobReview());
      assert.deepEqual([status, json.reason], [404, 'NotFound']);
    });
  }

  it('gives up on a body that does not arrive', async () => {
    const socket = await server.open();
    const head = `POST ${MUTATE_JOB} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`;
    socket.write(head);
    const answered = once(socket, 'data') as Promise<Buffer[]>;
    while (server.clock.pending === 0) await new Promise(resolve => setImmediate(resolve));
    await server.clock.advance(10_000);
    const [answer] = await answered;
    assert.match(String(answer), /^HTTP\/1\.1 408 /);
    assert.match(String(answer), /Connection: close/);
    socket.destroy();
  });

  it('does not mind a client that goes away in the middle of its request', async () => {
    const socket = await server.open();
    socket.write(
      `POST ${MUTATE_JOB} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`,
    );
    while (server.clock.pending === 0) await new Promise(resolve => setImmediate(resolve));
    socket.destroy();
    while (server.clock.pending > 0) await new Promise(resolve => setImmediate(resolve));
    assert.equal((await server.client.post(MUTATE_JOB, jobReview())).status, 200);
    assert.deepEqual(server.log.at('error'), []);
  });
});
