import assert from 'node:assert/strict';
import { DEPLOYMENTS, PODS } from '../../../api/resources.ts';
import { retire } from '../../../cli/retire/retire.ts';
import { FakeKube } from '../../support/fake-kube.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

const namespace = 'headstart-system';
const KEY = { namespace, name: 'headstart-manager' };
const labels = { 'app.kubernetes.io/component': 'manager' };

describe('retire', () => {
  let kube: FakeKube;
  let log: RecordingLogger;
  const { signal } = new AbortController();

  beforeEach(() => {
    kube = new FakeKube();
    log = new RecordingLogger();
  });

  const start = () => retire(namespace, { client: kube, clock: kube.clock, log }, signal);
  const seedPod = (name: string, phase?: 'Running' | 'Failed', ofManager = labels) =>
    kube.seed(PODS, {
      metadata: { namespace, name, labels: ofManager },
      ...(phase === undefined ? {} : { status: { phase } }),
    });

  it('scales the managers to nothing and waits until the last one has ended', async () => {
    kube.seed(DEPLOYMENTS, {
      metadata: KEY,
      spec: { replicas: 2, selector: { matchLabels: labels } },
    });
    seedPod('one', 'Running');
    seedPod('two');
    seedPod('evicted', 'Failed');
    seedPod('other', 'Running', { 'app.kubernetes.io/component': 'other' });
    let hasEnded = false;
    const retired = start().then(() => {
      hasEnded = true;
    });
    await kube.delete(PODS, { namespace, name: 'one' });
    await kube.clock.advance(10_000);
    assert.equal((await kube.get(DEPLOYMENTS, KEY))?.spec.replicas, 0);
    assert.equal(hasEnded, false);
    await kube.delete(PODS, { namespace, name: 'two' });
    await kube.clock.advance(1000);
    await retired;
  });

  it('has nothing to do where no Deployment runs managers', async () => {
    await start();
    assert.deepEqual(
      log.at('info').map(({ message }) => message),
      ['Found no managers'],
    );
  });
});
