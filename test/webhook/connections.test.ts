import assert from 'node:assert/strict';
import type { TLSSocket } from 'node:tls';
import { jobReview, MUTATE_JOB, VALIDATE_JOB } from './review.ts';
import { startTestServer, type TestServer } from './test-server.ts';

describe('connections of the webhook server', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer();
  });

  afterEach(() => server.stop());

  it('says nothing of what it runs on', async () => {
    const { headers } = await server.client.post(MUTATE_JOB, jobReview());
    for (const name of ['x-powered-by', 'etag', 'server']) assert.equal(headers[name], undefined);
  });

  it('keeps connections open for longer than the 90 s of kube-apiserver', async () => {
    const first = await server.client.post(MUTATE_JOB, jobReview());
    assert.match(String(first.headers['keep-alive']), /timeout=120/);
    assert.equal((await server.client.post(VALIDATE_JOB, jobReview())).reused, true);
  });

  it('takes over a new certificate without closing a connection', async () => {
    await server.client.post(MUTATE_JOB, jobReview());
    const before = await server.open();
    server.renew();
    const after = await server.open();
    const fingerprint = (socket: TLSSocket) => socket.getPeerCertificate().fingerprint256;
    assert.notEqual(fingerprint(before), fingerprint(after));
    assert.equal((await server.client.post(MUTATE_JOB, jobReview())).reused, true);
    for (const socket of [before, after]) socket.destroy();
  });

  it('speaks TLS 1.2 or later only', async () => {
    const old = {
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    await assert.rejects(server.open(old));
    (await server.open({ maxVersion: 'TLSv1.2' })).destroy();
    server.renew();
    await assert.rejects(server.open(old));
  });
});
