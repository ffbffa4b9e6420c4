import assert from 'node:assert/strict';
import { KubeError } from '../../kube/kube-error.ts';
import { type DaemonWorld, startDaemonWorld } from './daemon-world.ts';
import { tagSpec } from './node-images.ts';

describe('daemon in an outage', () => {
  let world: DaemonWorld;
  beforeEach(async () => {
    world = await startDaemonWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const pulls = (): number => world.cri.runtime.counters.pulls;
  const isPulling = (): boolean => world.cri.runtime.counters.pulling > 0;

  describe('without a runtime', () => {
    it('is not ready, says so in the status, and pulls when there is one', async () => {
      await world.cri.stop();
      world.push('nginx:1');
      await world.want({ nginx: [tagSpec('1')] });
      const daemon = world.startDaemon();
      const waiting = await world.until('the reason', () => world.tag('nginx', '1'));
      assert.deepEqual([waiting.phase, waiting.reason], ['Waiting', 'RuntimeUnavailable']);
      assert.equal(daemon.ready(), false);
      assert.match(daemon.problems.join(), /no container runtime socket/);
      await world.cri.start();
      const { phase, message, reason } = await world.result('nginx', '1');
      assert.deepEqual(
        { phase, message, reason },
        { phase: 'Succeeded', message: undefined, reason: undefined },
      );
      assert.equal(daemon.ready(), true);
    });

    it('uses no attempt while the runtime restarts', async () => {
      world.push('nginx:1', 30);
      await world.want({ nginx: [tagSpec('1', { pullPolicy: { backoffLimit: 0 } })] });
      world.startDaemon();
      await world.until('the pull', isPulling);
      await world.cri.stop();
      await world.pass(20_000);
      await world.cri.start();
      assert.equal((await world.result('nginx', '1')).phase, 'Succeeded');
    });
  });

  describe('without the API server', () => {
    it('comes up when that does', async () => {
      world.push('nginx:1');
      await world.want({ nginx: [tagSpec('1')] });
      let isDown = true;
      world.kube.before = () => {
        if (isDown) throw new KubeError('connection refused', { status: 0 });
      };
      const daemon = world.startDaemon();
      await world.pass(20_000);
      assert.deepEqual(daemon.problems, ['the NodeImage was not read yet']);
      isDown = false;
      assert.equal((await world.result('nginx', '1')).phase, 'Succeeded');
      assert.equal(daemon.ready(), true);
    });

    it('goes on pulling and tells the results when it is back', async () => {
      world.push('nginx:1', 5);
      await world.want({ nginx: [tagSpec('1')] });
      world.startDaemon();
      await world.until('the pull', isPulling);
      world.kube.before = () => {
        throw new KubeError('connection refused', { status: 0 });
      };
      await world.until('the end', () => world.events.length > 0);
      world.kube.before = () => {};
      assert.equal((await world.result('nginx', '1')).phase, 'Succeeded');
      assert.equal(pulls(), 1);
    });
  });
});
