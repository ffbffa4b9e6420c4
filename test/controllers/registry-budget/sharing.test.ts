import assert from 'node:assert/strict';
import { SECRETS } from '../../../api/resources.ts';
import { KubeError } from '../../../kube/kube-error.ts';
import { nodeNames, pullJob, pullSecret, startCluster, startReplica } from '../cluster.ts';

const progressing = (status: { readonly conditions?: readonly { readonly type: string }[] }) =>
  status.conditions?.find(({ type }) => type === 'Progressing') as
    | { readonly reason: string; readonly message: string }
    | undefined;

describe('registry budget: jobs that share a registry', () => {
  it('two jobs never pull on more nodes than the ceiling, and both end', async () => {
    await using cluster = await startCluster({ nodes: 6, maxPullsPerRegistry: 3 });
    await cluster.create(pullJob('one', { image: 'reg.example:5000/one:1' }));
    await cluster.create(pullJob('two', { image: 'reg.example:5000/two:1' }));
    await cluster.run(60_000);
    assert.equal(cluster.daemons.mostAtOnce, 3);
    assert.equal(cluster.status('one').succeeded, 6);
    assert.equal(cluster.status('two').succeeded, 6);
  });

  it('keeps every slot busy: as fast as the ceiling allows', async () => {
    await using cluster = await startCluster({ nodes: 12, maxPullsPerRegistry: 4, pullMs: 2_000 });
    await cluster.create(pullJob('warm'));
    await cluster.run(6_500);
    assert.equal(cluster.status('warm').succeeded, 12);
  });

  it('registries do not take from each other', async () => {
    await using cluster = await startCluster({ nodes: 4, maxPullsPerRegistry: 2 });
    await cluster.create(pullJob('one', { image: 'a.example/app:1' }));
    await cluster.create(pullJob('two', { image: 'b.example/app:1' }));
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 4);
  });

  it('a small job gets its turn beside a large one that holds every slot', async () => {
    await using cluster = await startCluster({ nodes: 40, maxPullsPerRegistry: 4, pullMs: 2_000 });
    await cluster.create(pullJob('large', { image: 'team/large:1' }));
    await cluster.run(1_000);
    const selector = { names: ['node-39', 'node-40'] };
    await cluster.create(pullJob('small', { image: 'team/small:1', selector }));
    await cluster.run(4_000);
    assert.equal(cluster.status('small').succeeded, 2);
    assert.ok(cluster.status('large').succeeded < 20);
    assert.equal(cluster.daemons.mostAtOnce, 4);
  });

  it('two jobs that want one image on one node count once', async () => {
    await using cluster = await startCluster({ nodes: 3, maxPullsPerRegistry: 3, pullMs: 30_000 });
    await cluster.create(pullJob('one'));
    await cluster.create(pullJob('two'));
    await cluster.run(5_000);
    assert.equal(cluster.status('one').active, 3);
    assert.equal(cluster.status('two').active, 3);
    assert.equal(cluster.daemons.pulls.length, 3);
  });

  it('says in the status which registry holds a job up', async () => {
    await using cluster = await startCluster({ nodes: 4, maxPullsPerRegistry: 1 });
    await cluster.create(pullJob('warm', { image: 'reg.example:5000/app:1' }));
    await cluster.run(1_500);
    const status = cluster.status('warm');
    assert.equal(status.active, 1);
    assert.equal(status.waiting, 3);
    assert.equal(progressing(status)?.reason, 'RegistryBudget');
    assert.equal(
      progressing(status)?.message,
      'waits for other pulls from reg.example:5000: 1 run now, at most 1 at once',
    );
    await cluster.run(30_000);
    assert.equal(progressing(cluster.status('warm'))?.reason, 'Succeeded');
  });

  it('a job that is deleted or ends gives its turn to the others at once', async () => {
    await using cluster = await startCluster({
      nodes: 4,
      maxPullsPerRegistry: 2,
      end: ({ image }) => (image.includes('stuck') ? 'hangs' : 'succeeds'),
    });
    await cluster.create(pullJob('stuck', { image: 'team/stuck:1' }));
    await cluster.create(pullJob('next', { image: 'team/next:1' }));
    await cluster.run(5_000);
    assert.equal(cluster.status('next').active, 0);
    await cluster.remove('stuck');
    await cluster.run(5_000);
    assert.equal(cluster.status('next').succeeded, 4);
    assert.equal(cluster.daemons.mostAtOnce, 2);
  });

  it('a job that can not be worked on leaves its turn to the others', async () => {
    await using cluster = await startCluster({
      nodes: 3,
      maxPullsPerRegistry: 1,
      pullMs: 40_000,
      seed: kube => void kube.seed(SECRETS, pullSecret('key')),
    });
    await cluster.create(pullJob('works', { image: 'team/works:1' }));
    await cluster.create(pullJob('stuck', { image: 'team/stuck:1', pullSecrets: ['key'] }));
    await cluster.run(1_000);
    let down = true;
    cluster.kube.before = ({ verb, resource }) => {
      if (!down || verb !== 'get' || resource !== SECRETS.plural) return;
      throw new KubeError('etcdserver: request timed out', { status: 500, retryable: true });
    };
    await cluster.run(125_000);
    assert.equal(cluster.status('works').succeeded, 3);
    assert.equal(cluster.status('stuck').succeeded, 0);
    down = false;
    await cluster.run(10 * 60_000);
    assert.equal(cluster.status('stuck').succeeded, 3);
    assert.equal(cluster.daemons.mostAtOnce, 1);
  });

  it('a new leader counts the pulls of the old one before it starts any', async () => {
    const maxPullsPerRegistry = 3;
    await using cluster = await startCluster({ nodes: 20, maxPullsPerRegistry, pullMs: 3_000 });
    await cluster.create(pullJob('one', { image: 'team/one:1' }));
    await cluster.create(pullJob('two', { image: 'team/two:1' }));
    await cluster.run(7_000);
    cluster.kill();
    const options = { maxPullsPerRegistry };
    await using replica = await startReplica(cluster.kube, cluster.kube.clock, options);
    await replica.lead();
    await cluster.run(90_000);
    assert.equal(cluster.daemons.mostAtOnce, maxPullsPerRegistry);
    assert.equal(cluster.status('one').succeeded, 20);
    assert.equal(cluster.status('two').succeeded, 20);
    assert.deepEqual([...new Set(cluster.daemons.nodes)].sort(), nodeNames(20));
  });
});
