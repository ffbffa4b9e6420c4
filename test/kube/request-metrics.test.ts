import assert from 'node:assert/strict';
import { createHttpsTransport } from '../../kube/https-transport.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { json, reset, startScriptedServer } from './scripted-server.ts';
import { get } from './transport-fixture.ts';

describe('rest_client_requests_total', () => {
  it('counts answers and failures of requests and watches, as client-go does', async () => {
    await using server = await startScriptedServer();
    const metrics = createPlainMetrics();
    const transport = createHttpsTransport(
      { access: server.access, userAgent: 'headstart/test' },
      { clock: systemClock, metrics },
    );
    server.script = [json({}), json({}), json({}, 409), reset, json({}, 410)];
    await transport.request(get);
    await transport.request({ ...get, method: 'PATCH', body: {} });
    await assert.rejects(transport.request({ ...get, method: 'PATCH', body: {} }));
    await assert.rejects(transport.request({ ...get, method: 'DELETE' }));
    await assert.rejects(transport.stream(get));
    transport.close();
    const text = await metrics.exposition();
    const host = new URL(server.url).host;
    const counted = [...text.matchAll(/^rest_client_requests_total{(.*)} (\d+)$/gm)].map(
      ([, labels, count]) => `${labels} ${count}`,
    );
    assert.deepEqual(counted.sort(), [
      `code="200",host="${host}",method="GET" 1`,
      `code="200",host="${host}",method="PATCH" 1`,
      `code="409",host="${host}",method="PATCH" 1`,
      `code="410",host="${host}",method="GET" 1`,
      `code="<error>",host="${host}",method="DELETE" 1`,
    ]);
  });
});
