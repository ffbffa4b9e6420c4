import assert from 'node:assert/strict';
import { NODE_IMAGES } from '../../api/resources.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { type DaemonWorld, startDaemonWorld } from './daemon-world.ts';
import { finished, nodeImage, statusWith, tagSpec } from './node-images.ts';

const owner = {
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'ImagePullJob',
  namespace: 'ns',
  name: 'job',
  uid: 'u',
};

describe('daemon', () => {
  let world: DaemonWorld;
  beforeEach(async () => {
    world = await startDaemonWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const pulls = (): number => world.cri.runtime.counters.pulls;
  const isPulling = (): boolean => world.cri.runtime.counters.pulling > 0;

  it('pulls what its NodeImage wants and reports it with one write', async () => {
    world.push('nginx:1', 2);
    await world.want({ nginx: [tagSpec('1', { version: 3 })] });
    world.startDaemon();
    const { startTime, completionTime, imageID, ...status } = await world.result('nginx', '1', 3);
    assert.deepEqual(status, { tag: '1', version: 3, phase: 'Succeeded', progress: 100 });
    assert.match(imageID ?? '', /^nginx@sha256:[0-9a-f]{64}$/);
    assert.ok((startTime ?? '') < (completionTime ?? ''));
    assert.equal(world.statusWrites.length, 1);
    const { imageStatuses: _, firstSyncStatus, ...counts } = world.nodeImage?.status ?? {};
    assert.deepEqual(counts, { desired: 1, succeeded: 1, failed: 0, pulling: 0, waiting: 0 });
    assert.equal(firstSyncStatus?.status, 'Succeeded');
    assert.deepEqual(world.events, [], 'a job over thousands of nodes would write as many');
  });

  it('pulls what is wanted later, too', async () => {
    world.push('nginx:1');
    await world.want({});
    world.startDaemon();
    await world.pass(20_000);
    assert.deepEqual(world.statusWrites, []);
    await world.want({ nginx: [tagSpec('1')] });
    assert.equal((await world.result('nginx', '1')).phase, 'Succeeded');
  });

  it('shows a pull that takes longer than 3 s while it runs', async () => {
    world.push('nginx:1', 10);
    await world.want({ nginx: [tagSpec('1')] });
    world.startDaemon();
    await world.until('Pulling', () => world.tag('nginx', '1')?.phase === 'Pulling');
    assert.ok(world.clock.monotonicMs() >= 3_000 && world.clock.monotonicMs() < 4_000);
    assert.equal((await world.result('nginx', '1')).phase, 'Succeeded');
    assert.equal(world.statusWrites.length, 2);
    assert.match(
      world.events.join(),
      /^PullImageSucceed NodeImage\/node-1: Image nginx:1, elapsedTime 10\.\d{3}s$/,
    );
  });

  it('says why a pull failed, on the NodeImage and on the jobs', async () => {
    await world.want({ nginx: [tagSpec('1', { ownerReferences: [owner] })] });
    world.startDaemon();
    const { phase, reason, message } = await world.result('nginx', '1');
    assert.deepEqual([phase, reason], ['Failed', 'NotFound']);
    assert.match(message ?? '', /nginx:1: not found$/);
    assert.equal(world.nodeImage?.status?.firstSyncStatus?.status, 'Failed');
    const said = world.events.map(event => event.split(':', 1)[0]);
    assert.deepEqual(said, [
      'PullImageFailed ImagePullJob/job',
      'PullImageFailed NodeImage/node-1',
    ]);
  });

  it('pulls a digest', async () => {
    const digest = world.push('nginx:1');
    await world.want({ nginx: [tagSpec(digest)] });
    world.startDaemon();
    assert.equal((await world.result('nginx', digest)).phase, 'Succeeded');
  });

  it('makes one write of many images that are there, and no event', async () => {
    const tags = Array.from({ length: 20 }, (_, i) => `v${10 + i}`);
    for (const tag of tags) {
      world.push(`nginx:${tag}`);
      await world.cri.runtime.pull(`nginx:${tag}`, {}, new AbortController().signal);
    }
    const before = pulls();
    await world.want({ nginx: tags.map(tag => tagSpec(tag)) });
    world.startDaemon();
    await world.until('all', () => world.nodeImage?.status?.succeeded === 20);
    assert.equal(world.statusWrites.length, 1);
    assert.equal(pulls(), before);
    assert.deepEqual(world.events, []);
  });

  it('finds by its whole name what is there by its short one, and the other way round', async () => {
    for (const name of ['nginx:1', 'redis:7']) {
      world.push(name);
      await world.cri.runtime.pull(name, {}, new AbortController().signal);
    }
    const before = pulls();
    await world.want({ 'docker.io/library/nginx': [tagSpec('1')], redis: [tagSpec('7')] });
    world.startDaemon();
    assert.ok((await world.result('docker.io/library/nginx', '1')).imageID);
    await world.result('redis', '7');
    assert.equal(pulls(), before);
  });

  it('never asks for the list of all images', async () => {
    const asked = new Set<string>();
    world.cri.faultOf = ({ method }) => void asked.add(method);
    world.push('nginx:1');
    await world.want({ nginx: [tagSpec('1')] });
    world.startDaemon();
    await world.result('nginx', '1');
    assert.ok(asked.has('ImageStatus') && asked.has('PullImage'));
    assert.equal(asked.has('ListImages'), false);
  });

  it('pulls at most as many at once as it may', async () => {
    const tags = ['1', '2', '3', '4', '5'];
    for (const tag of tags) world.push(`nginx:${tag}`, 1);
    await world.want({ nginx: tags.map(tag => tagSpec(tag)) });
    world.startDaemon({ maxConcurrentPulls: 2 });
    await world.until('all', () => world.nodeImage?.status?.succeeded === 5);
    assert.equal(world.cri.runtime.counters.mostPulling, 2);
  });

  it('never writes more than twice in four seconds for long, however much happens', async () => {
    const tags = Array.from({ length: 60 }, (_, i) => `v${i}`);
    for (const tag of tags) world.push(`nginx:${tag}`, 0.5);
    await world.want({ nginx: tags.map(tag => tagSpec(tag)) });
    world.startDaemon();
    await world.until('all', () => world.nodeImage?.status?.succeeded === 60);
    const allowed = 5 + Math.ceil(world.clock.monotonicMs() / 2_000);
    assert.ok(world.statusWrites.length <= allowed, `${world.statusWrites.length} writes`);
  });

  describe('when it is started again', () => {
    it('pulls no finished version again', async () => {
      await world.want({ nginx: [tagSpec('1'), tagSpec('2')] });
      const results = [finished('1'), finished('2', { phase: 'Failed', message: 'as it was' })];
      await world.setStatus(statusWith({ nginx: results }));
      world.startDaemon();
      await world.pass(10_000);
      assert.equal(pulls(), 0);
      assert.equal(world.tag('nginx', '2')?.message, 'as it was');
    });

    it('pulls what was unfinished', async () => {
      world.push('nginx:1', 10);
      await world.want({ nginx: [tagSpec('1')] });
      world.startDaemon();
      await world.until('Pulling', () => world.tag('nginx', '1')?.phase === 'Pulling');
      await world.stopDaemon();
      await world.until('the cancel', () => !isPulling());
      world.startDaemon();
      assert.equal((await world.result('nginx', '1')).phase, 'Succeeded');
      assert.equal(pulls(), 2);
    });
  });

  describe('when it stops', () => {
    it('cancels its pulls and tells of none', async () => {
      world.push('nginx:1', 60);
      await world.want({ nginx: [tagSpec('1')] });
      world.startDaemon();
      await world.until('the pull', isPulling);
      await world.stopDaemon();
      await world.until('the cancel', () => !isPulling());
      assert.deepEqual(world.events, []);
    });

    it('writes the results it has', async () => {
      world.push('nginx:1', 10);
      await world.want({ nginx: [tagSpec('1')] });
      // The status limit holds everything back.
      let allowed = false;
      world.kube.before = ({ subresource }) => {
        if (subresource === 'status' && !allowed) throw new KubeError('busy', { status: 500 });
      };
      world.startDaemon();
      await world.until('the pull', () => world.events.length > 0);
      allowed = true;
      await world.stopDaemon();
      assert.equal(world.tag('nginx', '1')?.phase, 'Succeeded');
    });
  });

  describe('when the NodeImage changes during a pull', () => {
    beforeEach(async () => {
      world.push('nginx:1', 60);
      await world.want({ nginx: [tagSpec('1')] });
      world.startDaemon();
      await world.until('the pull', isPulling);
    });

    it('cancels quietly what is no longer wanted', async () => {
      await world.want({});
      await world.until('the cancel', () => !isPulling());
      await world.pass(10_000);
      assert.deepEqual(world.events, []);
      assert.deepEqual(world.nodeImage?.status ?? {}, {});
    });

    it('starts a new version over', async () => {
      await world.want({ nginx: [tagSpec('1', { version: 1 })] });
      await world.until('the other pull', () => pulls() === 2);
      assert.equal((await world.result('nginx', '1', 1)).phase, 'Succeeded');
      assert.equal(world.events.length, 1);
    });

    it('goes on when only settings change', async () => {
      await world.want({ nginx: [tagSpec('1', { pullPolicy: { timeoutSeconds: 1 } })] });
      assert.equal((await world.result('nginx', '1')).phase, 'Succeeded');
      assert.equal(pulls(), 1);
    });

    it('obeys a result that somebody else wrote', async () => {
      const status = statusWith({ nginx: [finished('1', { phase: 'Failed', message: 'enough' })] });
      await world.setStatus(status);
      await world.until('the cancel', () => !isPulling());
      await world.pass(10_000);
      assert.equal(world.tag('nginx', '1')?.message, 'enough');
      assert.equal(world.nodeImage?.status?.failed, 1);
    });

    it('stops when it is deleted, and starts afresh when it is made again', async () => {
      await world.kube.delete(NODE_IMAGES, { name: 'node-1' });
      await world.until('the cancel', () => !isPulling());
      world.push('redis:7');
      world.kube.seed(NODE_IMAGES, {
        metadata: { name: 'node-1' },
        spec: nodeImage({ redis: [tagSpec('7')] }).spec,
      });
      assert.equal((await world.result('redis', '7')).phase, 'Succeeded');
    });
  });

  it('pulls a version again whose result was wiped', async () => {
    world.push('nginx:1');
    await world.want({ nginx: [tagSpec('1', { imagePullPolicy: 'Always' })] });
    world.startDaemon();
    await world.result('nginx', '1');
    await world.setStatus({ desired: 0 });
    await world.until('the other pull', () => pulls() === 2);
    await world.result('nginx', '1');
  });
});
