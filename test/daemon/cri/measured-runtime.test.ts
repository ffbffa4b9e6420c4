import assert from 'node:assert/strict';
import { CriError } from '../../../daemon/cri/cri-error.ts';
import type { RuntimeClient } from '../../../daemon/cri/image-runtime.ts';
import { measuredRuntime } from '../../../daemon/cri/measured-runtime.ts';
import { createPlainMetrics } from '../../../runtime/plain-metrics.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeContentStore } from '../containerd/fake-content-store.ts';
import { FakeRuntime, fails } from '../fake-runtime.ts';

describe('measuredRuntime', () => {
  const call = { signal: new AbortController().signal, deadlineMs: 1_000 };
  const request = { image: 'nginx:1', labels: {}, annotations: {} };

  it('measures each call by its method and whether it was answered well', async () => {
    const clock = new FakeClock();
    const metrics = createPlainMetrics();
    const fake = new FakeRuntime();
    const client: RuntimeClient = Object.assign(fake, {
      store: new FakeContentStore(),
      close: () => {},
    });
    const runtime = measuredRuntime(client, { clock, metrics });
    fake.answer(
      async () => {
        await clock.sleep(2_000);
        return 'sha256:id';
      },
      fails('NotFound', 'not found'),
    );
    const pulling = runtime.pullImage(request, call);
    await clock.advance(2_000);
    assert.equal(await pulling, 'sha256:id');
    await assert.rejects(runtime.pullImage(request, call), CriError);
    await runtime.version(call);
    await runtime.imageStatus('nginx:1', call);
    const text = await metrics.exposition();
    const name = 'headstart_cri_request_duration_seconds';
    for (const line of [
      `${name}_sum{method="PullImage",result="ok"} 2`,
      `${name}_count{method="PullImage",result="failed"} 1`,
      `${name}_count{method="Version",result="ok"} 1`,
      `${name}_count{method="ImageStatus",result="ok"} 1`,
    ]) {
      assert.ok(text.includes(line), `${line} is not in\n${text}`);
    }
  });
});
