import assert from 'node:assert/strict';
import { REQUEST_TIMEOUT } from '../../kube/request-failure.ts';
import { systemClock } from '../../runtime/clock.ts';
import {
  json,
  type ScriptedServer,
  silent,
  startScriptedServer,
  stream,
} from './scripted-server.ts';
import { connect, failureOf, get } from './transport-fixture.ts';

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

/** Looks again and again for a second. */
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) await systemClock.sleep(2);
  assert.ok(condition());
}

describe('stream of createHttpsTransport', () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await startScriptedServer();
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it('gives the chunks as they come, to the end', async () => {
    using transport = connect(server.access);
    server.script = [stream([{ n: 1 }, { n: 2 }])];
    assert.equal(await drain(await transport.stream(get)), '{"n":1}\n{"n":2}\n');
  });

  it('takes no place of a request', async () => {
    using transport = connect(server.access, 1);
    server.script = [stream([{ n: 1 }], () => {}), json({ ok: true })];
    const stop = new AbortController();
    const streams = await transport.stream({ ...get, signal: stop.signal });
    assert.deepEqual(await transport.request(get), { ok: true });
    stop.abort();
    await assert.rejects(drain(streams));
  });

  it('tells a refusal', async () => {
    using transport = connect(server.access);
    server.script = [json({ reason: 'Expired', message: 'too old' }, 410)];
    const error = await failureOf(transport.stream(get));
    assert.deepEqual([error.status, error.reason], [410, 'Expired']);
  });

  it('tells a connection that breaks', async () => {
    using transport = connect(server.access);
    server.script = [stream([{ n: 1 }], response => response.destroy())];
    const error = await failureOf(drain(await transport.stream(get)));
    assert.equal(error.status, 0);
  });

  it('gives up when no headers come, but takes any time after them', async () => {
    using transport = connect(server.access);
    server.script = [
      silent,
      stream([{ n: 1 }], response => setTimeout(() => response.end('late'), 80)),
    ];
    const error = await failureOf(transport.stream({ ...get, deadlineMs: 50 }));
    assert.equal(error.reason, REQUEST_TIMEOUT);
    assert.equal(await drain(await transport.stream({ ...get, deadlineMs: 50 })), '{"n":1}\nlate');
  });

  it('closes the connection when its signal aborts, or the reader leaves', async () => {
    using transport = connect(server.access);
    server.script = [stream([{ n: 1 }], () => {})];
    const stop = new AbortController();
    const aborted = drain(await transport.stream({ ...get, signal: stop.signal }));
    for await (const _chunk of await transport.stream(get)) break;
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await assert.rejects(aborted, /^Error: enough$/);
    await until(() => server.requests.every(({ socket }) => socket.closed));
  });
});
