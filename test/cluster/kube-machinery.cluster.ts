import assert from 'node:assert/strict';
import { EVENTS, LEASES, SECRETS } from '../../api/resources.ts';
import { connectKube, type KubeConnection } from '../../kube/connect-kube.ts';
import { createEventRecorder } from '../../kube/create-event-recorder.ts';
import { createInformer } from '../../kube/create-informer.ts';
import { loadKubeConfigAccess } from '../../kube/kube-config.ts';
import { createLeaderElector } from '../../kube/leader-elector.ts';
import { systemClock } from '../../runtime/clock.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { secret } from '../conformance/kube-client/objects.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { until } from './until.ts';

const namespace = 'default';

describe('the machinery of kube/ on kube-apiserver', () => {
  let controlPlane: ControlPlane;
  let connection: KubeConnection;
  before(async () => {
    controlPlane = await startControlPlane();
    const clock = systemClock;
    const access = await loadKubeConfigAccess({ path: controlPlane.kubeconfigPath }, { clock });
    const options = { access, userAgent: 'headstart-test', fieldManager: 'headstart-test' };
    connection = connectKube(options, { clock, random: Math.random });
  });
  // A test that fails must not keep the process alive.
  const stops: AbortController[] = [];
  const stopper = (): AbortController => {
    const stop = new AbortController();
    stops.push(stop);
    return stop;
  };
  afterEach(() => {
    for (const stop of stops.splice(0)) stop.abort();
  });
  after(async () => {
    connection.close();
    await controlPlane.stop();
  });

  const deps = () => {
    const { client } = connection;
    const log = new RecordingLogger();
    return { client, clock: systemClock, log, metrics: noMetrics, random: Math.random };
  };

  it('an informer keeps up over a restart of the API server', async () => {
    const { client } = connection;
    const options = { namespace, labelSelector: 'set=informer' };
    const informer = createInformer({ resource: SECRETS, ...options }, deps());
    const told: string[] = [];
    informer.onChange(({ type, object }) => told.push(`${type} ${object.metadata.name}`));
    const stop = stopper();
    const running = informer.run(stop.signal);
    const create = (name: string) =>
      client.create(SECRETS, secret(namespace, name, { set: 'informer' }));
    await create('before');
    await informer.synced();
    await until(() => informer.size === 1, { what: 'the first object' });

    await controlPlane.apiServer.restart();
    await client.delete(SECRETS, { namespace, name: 'before' });
    await create('after');
    const isUpToDate = () => informer.get('default/after') !== undefined && informer.size === 1;
    await until(isUpToDate, { what: 'the changes after the restart' });
    assert.deepEqual(told.toSorted(), ['added after', 'added before', 'deleted before']);
    stop.abort();
    await running;
  });

  it('a leader hands its lease over when it stops', async () => {
    const chronicle: string[] = [];
    const stand = (identity: string, stop: AbortController): Promise<void> => {
      const times = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 200 };
      const elector = createLeaderElector({ namespace, name: 'lease', identity, ...times }, deps());
      return elector.run(async signal => {
        chronicle.push(`${identity} begins`);
        await new Promise(resolve => signal.addEventListener('abort', resolve));
        chronicle.push(`${identity} ends`);
      }, stop.signal);
    };
    const [stopFirst, stopSecond] = [stopper(), stopper()];
    const first = stand('first', stopFirst);
    await until(() => chronicle.length === 1, { what: 'the first leader' });
    const second = stand('second', stopSecond);
    await systemClock.sleep(1_000);
    stopFirst.abort();
    await until(() => chronicle.length === 3, { what: 'the second leader' });
    stopSecond.abort();
    await Promise.all([first, second]);
    assert.deepEqual(chronicle, ['first begins', 'first ends', 'second begins', 'second ends']);
    const lease = await connection.client.get(LEASES, { namespace, name: 'lease' });
    assert.equal(lease?.spec?.holderIdentity, '');
    assert.equal(lease?.spec?.leaseTransitions, 1);
  });

  it('the API server takes our Events and counts them together', async () => {
    const about = await connection.client.create(SECRETS, secret(namespace, 'subject'));
    const host = 'pod';
    const replicas = [0, 1].map(() => createEventRecorder({ component: 'test', host }, deps()));
    const once = { type: 'Normal', reason: 'Once', message: 'said once', once: 'r1' } as const;
    const often = { type: 'Warning', reason: 'Often', message: '漢'.repeat(1_000) } as const;
    for (const recorder of replicas) recorder.event(about, once);
    for (let i = 0; i < 3; i++) {
      replicas[0]?.event(about, often);
      await replicas[0]?.flush();
    }
    await replicas[1]?.flush();
    const options = { namespace, fieldSelector: 'involvedObject.name=subject' };
    const { items } = await connection.client.list(EVENTS, options);
    const counts = items.map(({ reason, count }) => `${reason} ${count}`);
    assert.deepEqual(counts.toSorted(), ['Often 3', 'Once 1']);
  });
});
