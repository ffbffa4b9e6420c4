import assert from 'node:assert/strict';
import type { ApiServer } from '../../../sim/api-server/start-api-server.ts';
import { type CallOptions, call } from './call.ts';
import { WIDGETS, widget, widgetDefinition } from './objects.ts';
import { startTestServer } from './test-server.ts';

/** A request, and how the server refuses it. */
export interface Refusal extends CallOptions {
  readonly name: string;
  readonly line: string;
  readonly code: number;
  readonly reason?: string;
  readonly message: string | RegExp;
}

/** Tests that each request is refused as kube-apiserver does it, and that nothing of it is stored. One Widget, `good`, is there. */
export function describeRefusals(what: string, refusals: readonly Refusal[]): void {
  describe(`of ${what} the embedded API server refuses`, () => {
    let server: ApiServer;
    before(async () => {
      server = await startTestServer({ objects: [widgetDefinition()] });
      await call(server, `POST ${WIDGETS}`, { body: widget('good') });
    });
    after(() => server.stop());

    for (const { name, line, code, reason, message, ...options } of refusals) {
      it(name, async () => {
        const { status, json } = await call(server, line, options);
        assert.equal(status, code);
        assert.equal(json['kind'], 'Status');
        assert.equal(json['code'], code);
        assert.equal(json['reason'], reason);
        if (typeof message === 'string') assert.equal(json['message'], message);
        else assert.match(String(json['message']), message);
      });
    }

    it('all that without storing anything', async () => {
      const { json } = await call(server, `GET ${WIDGETS}`);
      const items = json['items'] as { metadata: { name: string; generation: number } }[];
      assert.deepEqual(
        items.map(({ metadata }) => [metadata.name, metadata.generation]),
        [['good', 1]],
      );
    });
  });
}
