import assert from 'node:assert/strict';
import { KubeError } from '../../kube/kube-error.ts';
import { startWorkloadWorld, type WorkloadFields, withImage } from './workload-world.ts';

const uids = (world: Awaited<ReturnType<typeof startWorkloadWorld>>) =>
  new Map(world.pods().map(({ metadata }) => [metadata.name, metadata.uid]));

describe('the stand-in for workload controllers', () => {
  it('makes the pods of a CloneSet, each of the revision that its label names', async () => {
    await using world = await startWorkloadWorld({ replicas: 4 });
    assert.equal(world.pods().length, 4);
    const { updateRevision } = world.workload().status ?? {};
    for (const { metadata } of world.pods()) {
      assert.equal(metadata.labels?.['controller-revision-hash'], updateRevision);
      assert.equal(metadata.ownerReferences?.[0]?.uid, 'uid-web');
    }
  });

  it('makes no pod twice when the answer to a creation is lost', async () => {
    await using world = await startWorkloadWorld({ replicas: 2 });
    let lost = 0;
    world.kube.after = ({ verb, resource }) => {
      if (verb !== 'create' || resource !== 'pods' || lost++ > 0) return;
      throw new KubeError('connection lost', { status: 0, retryable: true });
    };
    await world.edit({ replicas: 6 });
    await world.run(10_000);
    assert.equal(world.pods().length, 6);
    assert.equal(world.creates().length, 6);
    assert.ok(lost > 1);
  });

  it('makes no pod twice however often it looks', async () => {
    await using world = await startWorkloadWorld({ replicas: 4 });
    for (let i = 0; i < 5; i++) {
      world.kube.endWatches();
      await world.start();
      await world.run(5_000);
    }
    assert.equal(world.creates().length, 4);
    assert.equal(new Set(world.creates()).size, 4);
  });

  const rollouts: readonly {
    readonly name: string;
    readonly fields: WorkloadFields;
    /** Pods on the new image after each round of starting pods; the first is before any. */
    readonly updated: readonly number[];
  }[] = [
    {
      name: 'one pod at a time with maxUnavailable 1',
      fields: { replicas: 3 },
      updated: [1, 2, 3, 3],
    },
    {
      name: 'a percentage of the pods at a time, rounded down',
      fields: { replicas: 5, rolling: { maxUnavailable: '50%' } },
      updated: [2, 4, 5],
    },
    {
      name: 'one pod at a time when the percentage rounds down to none',
      fields: { replicas: 3, rolling: { maxUnavailable: '10%' } },
      updated: [1, 2, 3],
    },
    {
      name: 'all but the partition',
      fields: { replicas: 4, rolling: { maxUnavailable: 4, partition: 3 } },
      updated: [1, 1],
    },
    {
      name: 'all but a partition in percent, rounded up',
      fields: { replicas: 5, rolling: { maxUnavailable: 5, partition: '50%' } },
      updated: [2, 2],
    },
    { name: 'nothing while paused', fields: { rolling: { paused: true } }, updated: [0, 0] },
    { name: 'nothing OnDelete', fields: { type: 'OnDelete' }, updated: [0, 0] },
  ];
  for (const kind of ['CloneSet', 'StatefulSet'] as const) {
    for (const { name, fields, updated } of rollouts) {
      it(`updates of a ${kind} ${name}`, async () => {
        await using world = await startWorkloadWorld({ ...fields, kind });
        await world.start();
        await world.setImage('app:v2');
        const seen = [world.on('app:v2').length];
        for (let round = 1; round < updated.length; round++) {
          await world.start();
          seen.push(world.on('app:v2').length);
        }
        assert.deepEqual(seen, updated);
        assert.equal(world.creates().length, fields.replicas ?? 4, 'updated in place');
      });
    }
  }

  it('goes on when the partition is lowered', async () => {
    await using world = await startWorkloadWorld({
      replicas: 4,
      rolling: { partition: 4, maxUnavailable: 4 },
    });
    await world.start();
    await world.setImage('app:v2');
    assert.deepEqual(world.on('app:v2'), []);
    await world.edit({ updateStrategy: { rollingUpdate: { partition: 0 } } });
    assert.equal(world.on('app:v2').length, 4);
  });

  it('keeps the pod when only images differ, and waits until the kubelet has restarted it', async () => {
    await using world = await startWorkloadWorld({ replicas: 2 });
    await world.start();
    const before = uids(world);
    await world.setImage('app:v2');
    await world.run(60_000);
    assert.equal(world.on('app:v2').length, 1, 'the second waits for the first');
    await world.start();
    await world.start();
    assert.deepEqual(uids(world), before);
    assert.equal(world.workload().status?.updatedReadyReplicas, 2);
  });

  const recreated: readonly (readonly [string, WorkloadFields, object])[] = [
    ['the policy is ReCreate', { rolling: { podUpdatePolicy: 'ReCreate' } }, withImage('app:v2')],
    ['more than images differs', {}, withImage('app:v2', 'new')],
  ];
  for (const [name, fields, spec] of recreated) {
    it(`makes the pod again when ${name}`, async () => {
      await using world = await startWorkloadWorld({ replicas: 2, ...fields });
      await world.start();
      const before = uids(world);
      await world.edit(spec);
      for (let round = 0; round < 4; round++) await world.start();
      assert.equal(world.on('app:v2').length, 2);
      const kept = world
        .pods()
        .filter(({ metadata }) => before.get(metadata.name) === metadata.uid);
      assert.deepEqual(kept, []);
    });
  }

  it('makes the pods of a StatefulSet in order, one when the one before is up', async () => {
    await using world = await startWorkloadWorld({
      kind: 'StatefulSet',
      replicas: 3,
      podManagementPolicy: 'OrderedReady',
    });
    assert.deepEqual(world.creates(), ['web-0']);
    await world.start();
    await world.start();
    assert.deepEqual(world.creates(), ['web-0', 'web-1', 'web-2']);
  });

  it('updates a StatefulSet from its highest ordinal, and below the partition not at all', async () => {
    await using world = await startWorkloadWorld({
      kind: 'StatefulSet',
      replicas: 12,
      rolling: { partition: 9, maxUnavailable: 1 },
    });
    await world.start();
    await world.setImage('app:v2');
    assert.deepEqual(world.on('app:v2'), ['web-11']);
    for (let round = 0; round < 4; round++) await world.start();
    assert.deepEqual(world.on('app:v2'), ['web-10', 'web-11', 'web-9']);
  });

  it('scales a StatefulSet down from its highest ordinal, and back to the same names', async () => {
    await using world = await startWorkloadWorld({ kind: 'StatefulSet', replicas: 3 });
    await world.start();
    await world.edit({ replicas: 1 });
    assert.deepEqual([...uids(world).keys()], ['web-0']);
    await world.edit({ replicas: 2 });
    assert.deepEqual([...uids(world).keys()], ['web-0', 'web-1']);
  });

  it('removes pods of a CloneSet that are down before those that are up', async () => {
    await using world = await startWorkloadWorld({ replicas: 2 });
    await world.start();
    const up = new Set(uids(world).keys());
    await world.edit({ replicas: 4 });
    await world.edit({ replicas: 2 });
    assert.deepEqual(new Set(uids(world).keys()), up);
  });

  it('makes new pods on the old revision while the partition holds the update', async () => {
    await using world = await startWorkloadWorld({ replicas: 2, rolling: { partition: '100%' } });
    await world.start();
    await world.setImage('app:v2');
    await world.edit({ replicas: 4 });
    assert.equal(world.on('app:v1').length, 4);
  });
});
