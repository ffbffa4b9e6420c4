import assert from 'node:assert/strict';
import { CLONE_SETS } from '../../api/resources.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { Load } from '../../webhook/load.ts';
import { jobReview, MUTATE_JOB, reviewOf } from './review.ts';
import { startTestServer } from './test-server.ts';

const MUTATE_CLONE_SET = '/mutate-apps-kruise-io-cloneset';

describe('load of the webhook server', () => {
  it('takes requests in up to the limit, and more as others leave', async () => {
    const metrics = createPlainMetrics();
    const load = new Load(metrics);
    const first = load.enter(2);
    const second = load.enter(2);
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(load.enter(2), undefined);
    assert.ok(load.enter(3) !== undefined, 'others may still come');
    first();
    second();
    assert.ok(load.enter(2) !== undefined);
    assert.match(await metrics.exposition(), /headstart_webhook_requests_in_flight 2\n/);
  });

  it('sheds workloads before our own kinds while bodies hang, and serves them again afterwards', async () => {
    const server = await startTestServer();
    const head = `POST ${MUTATE_CLONE_SET} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`;
    const hanging = await Promise.all(Array.from({ length: 256 }, () => server.open()));
    for (const socket of hanging) socket.write(head);
    while (server.clock.pending < 256) await new Promise(resolve => setImmediate(resolve));
    const review = reviewOf(CLONE_SETS, { metadata: {} });
    const shed = await server.client.post(MUTATE_CLONE_SET, review);
    assert.deepEqual([shed.status, shed.headers.connection], [503, 'close']);
    assert.equal((await server.client.post(MUTATE_JOB, jobReview())).status, 200);
    for (const socket of hanging) socket.destroy();
    while (server.clock.pending > 0) await new Promise(resolve => setImmediate(resolve));
    assert.equal((await server.client.post(MUTATE_CLONE_SET, review)).status, 200);
    assert.match(await server.metrics.exposition(), /result="shed"/);
    await server.stop();
  });
});
