import assert from 'node:assert/strict';
import type { ManagerProcess } from './faults/manager-process.ts';
import { type FaultWorld, startFaultWorld } from './faults/world.ts';
import { predownload } from './predownload.ts';

describe('The script of the CI recipes on kube-apiserver, under its shipped ServiceAccount and without any webhook', () => {
  let world: FaultWorld;
  let manager: ManagerProcess;
  let kubeconfigPath: string;
  before(async () => {
    world = await startFaultWorld({ nodes: 4, pullMs: 300, failing: ['registry.example/bad:1'] });
    manager = await world.startManager('manager');
    const { controlPlane } = world;
    await controlPlane.mustKubectl(['create', 'namespace', 'ci']);
    await controlPlane.mustKubectl(['apply', '-n', 'ci', '-k', 'manifests/ci/predownload']);
    kubeconfigPath = await controlPlane.serviceAccountKubeconfig('ci', 'headstart-predownload');
  });
  after(async () => {
    await manager?.stop();
    await world?.[Symbol.asyncDispose]();
  });

  const warm = (image: string, settings: Record<string, string> = {}) =>
    predownload(
      { kubeconfigPath },
      {
        PREDOWNLOAD_IMAGE: `registry.example/${image}`,
        PREDOWNLOAD_NAMESPACE: 'ci',
        ...settings,
      },
    );

  it('ends with 0 when every node has the image, and again when it runs again', async () => {
    for (const again of [false, true]) {
      const { code, output } = await warm('good:1');
      assert.equal(code, 0, output);
      assert.match(output, /job has completed\n$/);
      assert.equal(/has ended; making it anew/.test(output), again);
    }
  });

  it('ends with 1 and the reasons', async () => {
    const { code, output } = await warm('bad:1');
    assert.equal(code, 1, output);
    assert.match(output, /^ {2}4 x \w+, on \S+: ./m);
  });

  it('ends with 3 when the definition does not allow the job', async () => {
    const { code, output } = await warm('denied:1', {
      PREDOWNLOAD_TIMEOUT_SECONDS: '10',
      PREDOWNLOAD_PULL_TIMEOUT_SECONDS: '20',
    });
    assert.equal(code, 3, output);
    assert.match(output, /must be at least pullPolicy\.timeoutSeconds/);
  });

  it('ends with 3 when it may not make jobs in that namespace', async () => {
    const { code, output } = await warm('good:1', { PREDOWNLOAD_NAMESPACE: 'default' });
    assert.equal(code, 3, output);
    assert.match(output, /forbidden/i);
  });

  it('ends with 4 when no manager leads', async () => {
    await manager.stop();
    const { code, output } = await warm('alone:1', { PREDOWNLOAD_TIMEOUT_SECONDS: '1' });
    assert.equal(code, 4, output);
    assert.match(output, /no manager has looked at it/);
  });
});
