import assert from 'node:assert/strict';
import type { NodeImage, NodeImageStatus } from '../../api/node-image.ts';
import { NODE_IMAGES } from '../../api/resources.ts';
import { StatusReporter } from '../../daemon/status-reporter.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { nodeImage, tagSpec } from './node-images.ts';

describe('StatusReporter', () => {
  let kube: FakeKube;
  let log: RecordingLogger;
  let status: NodeImageStatus;
  let reporter: StatusReporter;
  beforeEach(() => {
    kube = new FakeKube();
    log = new RecordingLogger();
    reporter = new StatusReporter({
      client: kube,
      clock: kube.clock,
      log,
      metrics: noMetrics,
      random: () => 0,
      statusOf: () => status,
    });
    const { resourceVersion: _, ...metadata } = nodeImage({}).metadata;
    kube.seed(NODE_IMAGES, { ...nodeImage({ nginx: [tagSpec('1')] }), metadata });
    status = { desired: 0 };
    reporter.observe(kube.read(NODE_IMAGES, 'node-1'), 0);
  });

  const written = (): NodeImageStatus | undefined => kube.read(NODE_IMAGES, 'node-1')?.status;
  const change = (desired: number, ms = 0): void => {
    status = { desired };
    reporter.changed(ms);
  };
  /** As the manager does, unseen by the reporter. */
  const writeSpec = () =>
    kube.patch(
      NODE_IMAGES,
      { name: 'node-1' },
      { type: 'merge', body: { spec: { images: { b: { tags: [] } } } } },
    );

  it('writes a change at once when it is asked to', async () => {
    change(2);
    await kube.clock.advance(0);
    assert.deepEqual(written(), { desired: 2 });
    assert.equal(kube.writes[0]?.subresource, 'status');
  });

  it('writes what should be different in a NodeImage that it sees', async () => {
    status = { desired: 1 };
    reporter.observe(kube.read(NODE_IMAGES, 'node-1'), 3_000);
    await kube.clock.advance(3_000);
    assert.deepEqual(written(), { desired: 1 });
    reporter.observe(kube.read(NODE_IMAGES, 'node-1'), 3_000);
    assert.equal(kube.clock.pending, 0);
  });

  it('makes one write of changes that come within the time given', async () => {
    change(2, 3_000);
    await kube.clock.advance(1_000);
    change(3, 3_000);
    await kube.clock.advance(1_999);
    assert.deepEqual(kube.writes, []);
    await kube.clock.advance(1);
    assert.deepEqual(written(), { desired: 3 });
    await kube.clock.advance(10_000);
    assert.equal(kube.writes.length, 1);
  });

  it('writes the patient changes with the first urgent one', async () => {
    change(2, 3_000);
    await kube.clock.advance(100);
    change(3);
    await kube.clock.advance(0);
    assert.deepEqual(written(), { desired: 3 });
    await kube.clock.advance(10_000);
    assert.equal(kube.writes.length, 1);
  });

  it('writes nothing when nothing is different', async () => {
    change(2);
    await kube.clock.advance(0);
    reporter.changed(0);
    await kube.clock.advance(10_000);
    assert.equal(kube.writes.length, 1);
    assert.equal(kube.clock.pending, 0);
  });

  it('writes five times in a row and then every two seconds', async () => {
    const times: number[] = [];
    kube.after = ({ verb }) => {
      if (verb === 'patch') times.push(kube.clock.monotonicMs());
    };
    for (let i = 2; i < 40; i++) {
      change(i);
      await kube.clock.advance(250);
    }
    assert.deepEqual(times.slice(0, 8), [0, 250, 500, 750, 1_000, 2_000, 4_000, 6_000]);
    await kube.clock.advance(2_000);
    assert.deepEqual(written(), { desired: 39 });
  });

  it('writes its own fields over a change that others made meanwhile', async () => {
    await writeSpec();
    change(2);
    await kube.clock.advance(0);
    const { spec } = kube.read(NODE_IMAGES, 'node-1') as NodeImage;
    assert.deepEqual(Object.keys(spec.images ?? {}), ['nginx', 'b']);
    assert.deepEqual(written(), { desired: 2 });
  });

  it('goes on from what it wrote itself, without a conflict', async () => {
    change(2);
    await kube.clock.advance(0);
    change(3);
    await kube.clock.advance(0);
    assert.deepEqual(
      kube.requests.map(({ verb }) => verb),
      ['patch', 'patch'],
    );
  });

  it('writes no status of a NodeImage into the one that took its place', async () => {
    await kube.delete(NODE_IMAGES, { name: 'node-1' });
    kube.seed(NODE_IMAGES, { metadata: { name: 'node-1', uid: 'uid-2' }, spec: {} });
    change(2);
    await kube.clock.advance(60_000);
    assert.equal(written(), undefined);
    assert.deepEqual(log.lines, []);
  });

  it('lets a NodeImage go that is gone', async () => {
    await kube.delete(NODE_IMAGES, { name: 'node-1' });
    change(2);
    await kube.clock.advance(60_000);
    assert.deepEqual(log.lines, []);
    assert.equal(kube.clock.pending, 0);
  });

  it('tries again, ever more patiently, while the API server refuses', async () => {
    let tries = 0;
    kube.before = ({ verb }) => {
      if (verb === 'patch' && ++tries < 4) throw new KubeError('no', { status: 500 });
    };
    change(2);
    await kube.clock.advance(1_000 + 2_000 + 3_999);
    assert.equal(written(), undefined);
    await kube.clock.advance(1);
    assert.deepEqual(written(), { desired: 2 });
    assert.equal(log.at('warn').length, 3);
  });

  it('gives up a series of conflicts for a while', async () => {
    let round = 0;
    const body = () => ({ metadata: { annotations: { round: String(round++) } } });
    kube.before = async ({ verb, subresource }) => {
      if (verb !== 'patch' || subresource !== 'status') return;
      await kube.patch(NODE_IMAGES, { name: 'node-1' }, { type: 'merge', body: body() });
    };
    change(2);
    await kube.clock.advance(999);
    assert.equal(log.at('warn').length, 1);
    kube.before = () => {};
    await kube.clock.advance(1);
    assert.deepEqual(written(), { desired: 2 });
  });

  it('writes what is left when it closes, and nothing afterwards', async () => {
    change(2, 3_000);
    await reporter.close();
    assert.deepEqual(written(), { desired: 2 });
    change(3);
    await kube.clock.advance(10_000);
    assert.deepEqual(written(), { desired: 2 });
  });

  it('does not hang at its close when the API server refuses', async () => {
    kube.before = () => {
      throw new KubeError('no', { status: 500 });
    };
    change(2, 3_000);
    await reporter.close();
    assert.equal(kube.clock.pending, 0);
  });
});
