import assert from 'node:assert/strict';
import { NODES } from '../../api/resources.ts';
import { startWorkloadWorld } from './workload-world.ts';

describe('the stand-in for the controller of Advanced DaemonSets', () => {
  const daemonSet = (rolling: object = {}) =>
    startWorkloadWorld({ kind: 'DaemonSet', nodes: 3, rolling });

  it('keeps a pod on each node, also on one that joins, with the bare hash of its revision', async () => {
    await using world = await daemonSet();
    world.kube.seed(NODES, { metadata: { name: 'node-4' } });
    await world.run();
    const pods = world.pods();
    assert.deepEqual(
      pods.map(({ metadata, spec }) => [metadata.name, spec?.nodeName]),
      [1, 2, 3, 4].map(i => [`web-node-${i}`, `node-${i}`]),
    );
    const { daemonSetHash = '' } = world.workload().status ?? {};
    assert.match(daemonSetHash, /^[a-z0-9]+$/);
    for (const { metadata } of pods) {
      assert.equal(metadata.labels?.['controller-revision-hash'], daemonSetHash);
    }
  });

  it('counts nodes in its status', async () => {
    await using world = await daemonSet();
    await world.start();
    await world.setImage('app:v2');
    const { observedGeneration: _, daemonSetHash: __, ...counts } = world.workload().status ?? {};
    assert.deepEqual(counts, {
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      updatedNumberScheduled: 1,
      numberReady: 2,
      numberAvailable: 2,
      numberUnavailable: 1,
      numberMisscheduled: 0,
    });
  });

  it('updates one pod after the other in place', async () => {
    await using world = await daemonSet();
    await world.start();
    await world.setImage('app:v2');
    const seen = [world.on('app:v2').length];
    for (let round = 0; round < 3; round++) {
      await world.start();
      seen.push(world.on('app:v2').length);
    }
    assert.deepEqual(seen, [1, 2, 3, 3]);
    assert.equal(world.creates().length, 3, 'updated in place');
  });

  it('makes a pod again on its node when the type is Standard', async () => {
    await using world = await daemonSet({ rollingUpdateType: 'Standard' });
    await world.start();
    await world.setImage('app:v2');
    await world.run();
    const [name] = world.on('app:v2');
    assert.equal(world.creates().length, 4);
    const made = world.pods().find(({ metadata }) => metadata.name === name);
    assert.equal(`web-${made?.spec?.nodeName}`, name);
  });
});
