import assert from 'node:assert/strict';
import type { KubeEvent } from '../../api/core.ts';
import type { KubeObject } from '../../api/meta.ts';
import { EVENTS } from '../../api/resources.ts';
import { createEventRecorder } from '../../kube/create-event-recorder.ts';
import type { EventOptions } from '../../kube/event-recorder.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { settle } from '../support/fake-clock.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

function makeRecorder(kube = new FakeKube(), component = 'headstart-manager') {
  const log = new RecordingLogger();
  const metrics = createPlainMetrics();
  const deps = { client: kube, clock: kube.clock, log, metrics };
  return { kube, log, metrics, events: createEventRecorder({ component, host: 'pod-1' }, deps) };
}

const job: KubeObject = {
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'ImagePullJob',
  metadata: { name: 'job', namespace: 'team', uid: 'uid-job' },
};
const node: KubeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', uid: 'uid-n1' },
};
const warning = (message: string): EventOptions => ({ type: 'Warning', reason: 'Failed', message });
const once: EventOptions = { ...warning('said once'), once: 'revision-1' };

describe('createEventRecorder', () => {
  it('writes an Event that says what happened to what, when and by whom', async () => {
    const { kube, events } = makeRecorder();
    events.event(job, warning('it broke'));
    await settle();
    const [{ metadata, ...rest }] = kube.readAll(EVENTS) as [KubeEvent];
    assert.equal(metadata.namespace, 'team');
    assert.match(metadata.name, /^job\.[0-9a-f]{16}$/);
    assert.deepEqual(rest, {
      apiVersion: 'v1',
      kind: 'Event',
      involvedObject: {
        apiVersion: 'apps.kruise.io/v1beta1',
        kind: 'ImagePullJob',
        name: 'job',
        namespace: 'team',
        uid: 'uid-job',
      },
      type: 'Warning',
      reason: 'Failed',
      message: 'it broke',
      source: { component: 'headstart-manager', host: 'pod-1' },
      count: 1,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
  });

  it('writes events about cluster-scoped objects into the namespace default', async () => {
    const { kube, events } = makeRecorder();
    events.event(node, warning('it broke'));
    await settle();
    assert.equal(kube.readAll(EVENTS)[0]?.metadata.namespace, 'default');
  });

  it('counts equal events together and writes the count every ten seconds at most', async () => {
    const { kube, events } = makeRecorder();
    for (let i = 0; i < 50; i++) {
      events.event(job, warning('it broke'));
      await kube.clock.advance(100);
    }
    assert.equal(kube.writes.length, 1);
    await kube.clock.advance(5_000);
    assert.equal(kube.writes.length, 2);
    const [event, ...others] = kube.readAll(EVENTS);
    assert.deepEqual(others, []);
    assert.equal(event?.count, 50);
    assert.equal(event?.firstTimestamp, '2026-01-01T00:00:00Z');
    assert.equal(event?.lastTimestamp, '2026-01-01T00:00:04Z');
  });

  it('keeps events apart that differ in object, reason, type or message', async () => {
    const { kube, events } = makeRecorder();
    events.event(job, warning('a'));
    events.event(job, warning('b'));
    events.event(job, { ...warning('a'), reason: 'Other' });
    events.event(job, { ...warning('a'), type: 'Normal' });
    events.event(node, warning('a'));
    await settle();
    assert.equal(kube.readAll(EVENTS).length, 5);
  });

  it('says a thing with `once` once, also from another replica and after a restart', async () => {
    const { kube, events, log } = makeRecorder();
    for (let i = 0; i < 3; i++) {
      events.event(job, once);
      await kube.clock.advance(20_000);
    }
    const replica = makeRecorder(kube);
    replica.events.event(job, { ...once, message: 'in other words' });
    await settle();
    assert.equal(kube.writes.length, 2);
    const [event, ...others] = kube.readAll(EVENTS);
    assert.deepEqual(others, []);
    assert.equal(event?.message, 'said once');
    assert.equal(event?.count, 1);
    assert.deepEqual([...log.lines, ...replica.log.lines], []);
  });

  it('says it again when the uid, the reason or the word after `once` is another', async () => {
    const { kube, events } = makeRecorder();
    events.event(job, once);
    events.event(job, { ...once, once: 'revision-2' });
    events.event(job, { ...once, reason: 'Other' });
    events.event({ ...job, metadata: { ...job.metadata, uid: 'uid-other' } }, once);
    await settle();
    assert.equal(kube.readAll(EVENTS).length, 4);
  });

  it('begins a new Event when the old one has expired', async () => {
    const { kube, events } = makeRecorder();
    events.event(job, warning('it broke'));
    await settle();
    const [first] = kube.readAll(EVENTS);
    await kube.delete(EVENTS, { namespace: 'team', name: first?.metadata.name ?? '' });
    await kube.clock.advance(3_600_000);
    events.event(job, warning('it broke'));
    await settle();
    const [second] = kube.readAll(EVENTS);
    assert.equal(second?.count, 1);
    assert.notEqual(second?.metadata.name, first?.metadata.name);
  });

  const messages: readonly [string, string, number][] = [
    ['at 1,024 bytes', 'x'.repeat(2000), 1024],
    ['between two characters of three bytes', '漢'.repeat(400), 1023],
    ['between two characters of four bytes', '🚀'.repeat(300), 1023],
    ['not at all when they are short enough', '漢'.repeat(341), 1023],
  ];
  for (const [name, message, bytes] of messages) {
    it(`cuts messages ${name}`, async () => {
      const { kube, events } = makeRecorder();
      events.event(job, warning(message));
      await settle();
      const written = kube.readAll(EVENTS)[0]?.message ?? '';
      assert.equal(Buffer.byteLength(written), bytes);
      assert.ok(message.startsWith(written.replace(/…$/, '')));
    });
  }

  it('makes valid names for objects with the longest names', async () => {
    const { kube, events } = makeRecorder();
    const name = `${'a'.repeat(235)}.${'b'.repeat(17)}`;
    events.event({ ...job, metadata: { ...job.metadata, name } }, warning('it broke'));
    await settle();
    const written = kube.readAll(EVENTS)[0]?.metadata.name ?? '';
    assert.ok(written.length <= 253);
    assert.match(written, /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
    assert.doesNotMatch(written, /\.\./);
  });

  it('drops and counts what is too much, and never throws', async () => {
    const { kube, events, metrics } = makeRecorder();
    kube.before = () => new Promise(() => {});
    for (let i = 0; i < 1_500; i++) events.event(job, warning(`message ${i}`));
    assert.match(await metrics.exposition(), /events_dropped_total\{why="flood"\} 499$/m);
    kube.before = () => {};
    await kube.clock.advance(10_000);
    await events.flush();
    assert.equal(kube.readAll(EVENTS).length, 1_000);
  });

  it('drops, counts and logs what the API server refuses, and goes on', async () => {
    const { kube, events, metrics, log } = makeRecorder();
    const forbidden = new KubeError('namespace is terminating', { status: 403 });
    kube.before = ({ namespace }) => {
      if (namespace === 'team') throw forbidden;
    };
    events.event(job, warning('it broke'));
    events.event(node, warning('it broke'));
    await settle();
    assert.equal(kube.readAll(EVENTS).length, 1);
    assert.match(await metrics.exposition(), /events_dropped_total\{why="failed"\} 1$/m);
    assert.equal(log.lines.length, 1);
  });

  it('flush writes what waits and leaves no timer', async () => {
    const { kube, events } = makeRecorder();
    events.event(job, warning('it broke'));
    await settle();
    events.event(job, warning('it broke'));
    await settle();
    assert.equal(kube.readAll(EVENTS)[0]?.count, 1);
    await events.flush();
    assert.equal(kube.readAll(EVENTS)[0]?.count, 2);
    assert.equal(kube.clock.pending, 0);
  });
});
