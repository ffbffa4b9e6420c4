import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { SYSTEM_NAMESPACE } from '../../api/names.ts';
import { apiServerCounter, FAIL_OPEN } from '../cluster/api-server-counter.ts';
import { startCrdServer } from '../cluster/crd-server.ts';
import { sleep } from '../cluster/until.ts';
import { changeAndDeny, createCloneSet } from '../cluster/webhook-pair.ts';
import { startWebhooks } from '../cluster/webhooks-in-process.ts';
import { jobReview, MUTATE_JOB } from '../webhook/review.ts';
import { startTestServer } from '../webhook/test-server.ts';

const IDLE_SECONDS = [6, 30, 100];
const CONNECTIONS = 20;

/** Posts a review and reads the status line; the connection stays open. */
async function post(socket: TLSSocket): Promise<string> {
  const body = JSON.stringify(jobReview());
  const head = [
    `POST ${MUTATE_JOB} HTTP/1.1`,
    'host: headstart',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString('utf8', 0, 12);
}

describe('connections that were idle', () => {
  it(`for ${IDLE_SECONDS.join(', ')} s answer as if they had not been`, async () => {
    const server = await startTestServer();
    const afterIdle = async (seconds: number): Promise<readonly string[]> => {
      const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => server.open()));
      await Promise.all(sockets.map(post));
      await sleep(seconds * 1_000);
      const answers = await Promise.all(sockets.map(post));
      for (const socket of sockets) socket.destroy();
      return answers;
    };
    const answers = await Promise.all(IDLE_SECONDS.map(afterIdle));
    await server.stop();
    assert.deepEqual([...new Set(answers.flat())], ['HTTP/1.1 200']);
  });

  it(`for ${IDLE_SECONDS.join(', ')} s lose no admission of kube-apiserver`, async () => {
    await using server = await startCrdServer();
    await server.kubectl(['create', 'namespace', SYSTEM_NAMESPACE]);
    await using webhooks = await startWebhooks(server.controlPlane);
    await webhooks.armed();
    await createCloneSet(webhooks.client);
    const leftOut = await apiServerCounter(server, FAIL_OPEN);
    let version = 0;
    for (const seconds of [0, ...IDLE_SECONDS]) {
      await sleep(seconds * 1_000);
      for (let i = 0; i < CONNECTIONS; i++) await changeAndDeny(webhooks.client, ++version);
    }
    assert.equal(await apiServerCounter(server, FAIL_OPEN), leftOut);
  });
});
