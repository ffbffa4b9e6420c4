import assert from 'node:assert/strict';
import type { Resource } from '../../../api/resource.ts';
import { DAEMON_SETS, DEPLOYMENTS, PODS, STATEFUL_SETS } from '../../../api/resources.ts';
import type { Workload } from '../../../api/workload.ts';
import type { ControllerWorld } from '../../support/controller-world.ts';
import { template } from './objects.ts';
import {
  ALWAYS,
  edit,
  jobsIn,
  leftOut,
  observed,
  podOf,
  seedRevision,
  startRollout,
  WEB,
  workloadOf,
} from './rollouts.ts';

/** How the controllers of Kubernetes tell of a new revision. */
const KINDS: readonly {
  readonly resource: Resource<Workload>;
  readonly status: object;
  readonly out: object;
}[] = [
  {
    resource: DEPLOYMENTS,
    status: {},
    out: { key: 'pod-template-hash', operator: 'NotIn', values: ['bbb'] },
  },
  {
    resource: STATEFUL_SETS,
    status: { updateRevision: 'web-bbb' },
    out: { key: 'controller-revision-hash', operator: 'NotIn', values: ['web-bbb', 'bbb'] },
  },
  {
    resource: DAEMON_SETS,
    status: {},
    out: { key: 'controller-revision-hash', operator: 'NotIn', values: ['web-bbb', 'bbb'] },
  },
];

const toV2 = { spec: { template: template('app:v2') } };

const lists = ({ kube }: ControllerWorld, plural: string): number =>
  kube.requests.filter(({ verb, resource }) => verb === 'list' && resource === plural).length;

describe('predownload of apps/v1', () => {
  for (const { resource, status, out } of KINDS) {
    describe(`of a ${resource.kind}`, () => {
      it('makes a job at once when one that asks for it gets a new image, and narrows it', async () => {
        await using world = await startRollout(
          resource,
          workloadOf(resource, { annotations: ALWAYS }),
        );
        await edit(world, resource, toV2);
        const [job, ...others] = jobsIn(world);
        assert.deepEqual(others, []);
        assert.equal(job?.spec.image, 'app:v2');
        assert.deepEqual(job?.spec.podSelector, { matchLabels: { app: 'web' } });
        const [owner] = job?.metadata.ownerReferences ?? [];
        assert.deepEqual([owner?.apiVersion, owner?.kind], ['apps/v1', resource.kind]);
        seedRevision(world.kube, resource, { hash: 'bbb', image: 'app:v2', revision: 2 });
        await observed(world, resource, status);
        assert.deepEqual(leftOut(world), [out]);
        assert.equal(jobsIn(world)[0]?.metadata.labels?.['headstart/revision'], 'web-bbb');
      });

      it('ends with the rollout', async () => {
        await using world = await startRollout(
          resource,
          workloadOf(resource, { annotations: ALWAYS }),
        );
        await edit(world, resource, toV2);
        seedRevision(world.kube, resource, { hash: 'bbb', image: 'app:v2', revision: 2 });
        await observed(world, resource, status);
        for (let i = 0; i < 5; i++) {
          assert.equal(jobsIn(world).length, 1);
          await world.kube.delete(PODS, podOf(resource, i, 'aaa', '').metadata);
          world.kube.seed(PODS, podOf(resource, i, 'bbb', 'app:v2'));
          await world.run();
        }
        assert.deepEqual(jobsIn(world), []);
      });

      it('does nothing at all for one that does not ask: no job, no Event, no request', async () => {
        await using world = await startRollout(
          resource,
          workloadOf(resource, { annotations: { 'headstart/predownload': 'auto' } }),
        );
        const before = world.kube.requests.length;
        await edit(world, resource, toV2);
        await observed(world, resource, status);
        await world.kube.delete(PODS, podOf(resource, 0, 'aaa', '').metadata);
        await world.run();
        assert.deepEqual(jobsIn(world), []);
        assert.deepEqual(await world.events(), []);
        assert.equal(world.kube.requests.length, before + 3, 'only what the test did');
      });

      it('takes its job away when it no longer asks', async () => {
        await using world = await startRollout(
          resource,
          workloadOf(resource, { annotations: ALWAYS }),
        );
        await edit(world, resource, toV2);
        assert.equal(jobsIn(world).length, 1);
        await edit(world, resource, { metadata: { annotations: null } });
        assert.deepEqual(jobsIn(world), []);
      });

      it('keeps of one that does not ask only that it is there', async () => {
        await using world = await startRollout(resource, workloadOf(resource));
        const [kept] = [...world.deps.informers.workloads.values()].map(cache =>
          cache.get('default/web'),
        );
        const { resourceVersion, ...metadata } = kept?.metadata ?? assert.fail('not there');
        assert.deepEqual(metadata, { ...WEB, uid: 'uid-web' });
        assert.notEqual(resourceVersion, undefined);
        assert.deepEqual([kept?.spec, kept?.status], [{}, undefined]);
      });
    });
  }

  it('warms all pods of a paused Deployment, which has no new ReplicaSet yet', async () => {
    const paused = workloadOf(DEPLOYMENTS, { annotations: ALWAYS, spec: { paused: true } });
    await using world = await startRollout(DEPLOYMENTS, paused);
    await edit(world, DEPLOYMENTS, toV2);
    await observed(world, DEPLOYMENTS);
    assert.equal(jobsIn(world).length, 1);
    assert.deepEqual(leftOut(world), []);
    seedRevision(world.kube, DEPLOYMENTS, { hash: 'bbb', image: 'app:v2', revision: 2 });
    await edit(world, DEPLOYMENTS, { spec: { paused: null } });
    await observed(world, DEPLOYMENTS);
    assert.equal(leftOut(world).length, 1);
  });

  it('follows a Deployment back to an old template, whose ReplicaSet is older than the newest', async () => {
    const back = workloadOf(DEPLOYMENTS, { annotations: ALWAYS });
    await using world = await startRollout(DEPLOYMENTS, back, kube => {
      seedRevision(kube, DEPLOYMENTS, { hash: 'bbb', image: 'app:v2', revision: 2 });
      kube.seed(PODS, podOf(DEPLOYMENTS, 5, 'bbb', 'app:v2'));
    });
    assert.equal(jobsIn(world)[0]?.spec.image, 'app:v1');
    assert.deepEqual(leftOut(world), [
      { key: 'pod-template-hash', operator: 'NotIn', values: ['aaa'] },
    ]);
  });

  it('follows a DaemonSet back to an old template, whose revision has the highest number then', async () => {
    const back = workloadOf(DAEMON_SETS, { annotations: ALWAYS });
    await using world = await startRollout(DAEMON_SETS, back, kube => {
      seedRevision(kube, DAEMON_SETS, { hash: 'bbb', image: 'app:v2', revision: 0 });
      kube.seed(PODS, podOf(DAEMON_SETS, 5, 'bbb', 'app:v2'));
    });
    assert.equal(jobsIn(world)[0]?.spec.image, 'app:v1');
    assert.match(JSON.stringify(leftOut(world)), /"aaa"/);
  });

  it('asks for the revisions once a rollout, not once a pod', async () => {
    await using world = await startRollout(
      DEPLOYMENTS,
      workloadOf(DEPLOYMENTS, { annotations: ALWAYS }),
    );
    await edit(world, DEPLOYMENTS, toV2);
    seedRevision(world.kube, DEPLOYMENTS, { hash: 'bbb', image: 'app:v2', revision: 2 });
    await observed(world, DEPLOYMENTS);
    const before = lists(world, 'replicasets');
    for (let i = 0; i < 4; i++) {
      await world.kube.delete(PODS, podOf(DEPLOYMENTS, i, 'aaa', '').metadata);
      await world.run();
    }
    assert.equal(lists(world, 'replicasets'), before);
  });

  it("leaves pods of another workload's ReplicaSet alone, though they match", async () => {
    const asking = workloadOf(DEPLOYMENTS, { annotations: ALWAYS });
    await using world = await startRollout(DEPLOYMENTS, asking, kube => {
      const { metadata, ...rest } = podOf(DEPLOYMENTS, 7, 'ccc', 'other:v1');
      const [owner] = metadata.ownerReferences ?? [];
      const foreign = { ...(owner ?? assert.fail()), name: 'other-ccc', uid: 'uid-ccc' };
      kube.seed(PODS, { ...rest, metadata: { ...metadata, ownerReferences: [foreign] } });
    });
    assert.deepEqual(jobsIn(world), []);
  });

  it('waits for updated pods to be ready when it shall, by counting them', async () => {
    const annotations = {
      ...ALWAYS,
      'apps.kruise.io/image-predownload-min-updated-ready-pods': '20%',
    };
    await using world = await startRollout(DAEMON_SETS, workloadOf(DAEMON_SETS, { annotations }));
    await edit(world, DAEMON_SETS, toV2);
    seedRevision(world.kube, DAEMON_SETS, { hash: 'bbb', image: 'app:v2', revision: 2 });
    await observed(world, DAEMON_SETS);
    assert.deepEqual(jobsIn(world), []);
    await world.kube.delete(PODS, podOf(DAEMON_SETS, 0, 'aaa', '').metadata);
    world.kube.seed(PODS, podOf(DAEMON_SETS, 0, 'bbb', 'app:v2'));
    await world.run();
    assert.equal(jobsIn(world).length, 1);
  });
});
