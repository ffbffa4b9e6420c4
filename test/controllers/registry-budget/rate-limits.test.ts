import assert from 'node:assert/strict';
import type { KubeEvent } from '../../../api/core.ts';
import { EVENTS } from '../../../api/resources.ts';
import type { BegunPull, PullEnd } from '../../support/fake-daemon.ts';
import { nodeNames, pullJob, startCluster, startReplica } from '../cluster.ts';

const MINUTE_MS = 60_000;
const REFUSED = { reason: 'RateLimited', message: '429 Too Many Requests' };

/** The first image is refused on `node`, whose answer comes first; all pulls of the second one run on. */
const refusedOn =
  (node: string) =>
  (pull: BegunPull): PullEnd => {
    if (pull.image.startsWith('next')) return 'hangs';
    return pull.node === node ? REFUSED : 'succeeds';
  };

const heldBy = (status: { readonly conditions?: readonly { readonly message?: string }[] }) =>
  status.conditions?.map(({ message = '' }) => message).find(text => text.startsWith('waits for'));

describe('registry budget: a registry that answers "too many requests"', () => {
  it('gets half as many pulls, more again every minute, and after ten as many as it may', async () => {
    await using cluster = await startCluster({ nodes: 40, end: refusedOn('node-01') });
    const selector = { names: nodeNames(20) };
    await cluster.create(pullJob('refused', { image: 'first:1', selector }));
    await cluster.run(3_000);
    await cluster.create(pullJob('next', { image: 'next:1' }));
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 10);
    assert.equal(
      heldBy(cluster.status('next')),
      'waits for other pulls from docker.io: 10 run now, at most 10 at once, lowered because it answered "too many requests"',
    );
    await cluster.run(MINUTE_MS);
    assert.equal(cluster.daemons.pulling, 11);
    await cluster.run(5 * MINUTE_MS);
    assert.equal(cluster.daemons.pulling, 16);
    await cluster.run(4 * MINUTE_MS);
    assert.equal(cluster.daemons.pulling, 40);
  });

  it('other registries go on as before', async () => {
    const end = ({ image }: BegunPull): PullEnd => (image.startsWith('first') ? REFUSED : 'hangs');
    await using cluster = await startCluster({ nodes: 6, end });
    await cluster.create(pullJob('refused', { image: 'first:1' }));
    await cluster.run(3_000);
    await cluster.create(pullJob('other', { image: 'quay.io/team/app:1' }));
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 6);
  });

  it('a ceiling of its own is halved and comes back', async () => {
    await using cluster = await startCluster({
      nodes: 40,
      maxPullsPerRegistry: 8,
      end: refusedOn('node-01'),
    });
    await cluster.create(
      pullJob('refused', { image: 'first:1', selector: { names: nodeNames(8) } }),
    );
    await cluster.run(3_000);
    await cluster.create(pullJob('next', { image: 'next:1' }));
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 4);
    await cluster.run(10 * MINUTE_MS);
    assert.equal(cluster.daemons.pulling, 8);
  });

  it('is told once when it begins and once when it is over', async () => {
    const end = (): PullEnd => REFUSED;
    await using cluster = await startCluster({ nodes: 20, maxPullsPerRegistry: 10, end });
    await cluster.create(pullJob('refused'));
    await cluster.run(11 * MINUTE_MS);
    const told = (await cluster.events()).filter(text => text.includes('RegistryLimit'));
    assert.deepEqual(told.toSorted(), [
      'Normal RegistryLimitRecovered: docker.io refused no pull for ten minutes: at most 10 pulls at once again',
      'Warning RegistryLimitLowered: docker.io answered "too many requests": at most 5 pulls at once for now, 10 before',
    ]);
  });

  it('a replica that takes over knows of it, also when it has just started', async () => {
    await using cluster = await startCluster({ nodes: 40, end: refusedOn('node-01') });
    const selector = { names: nodeNames(20) };
    await cluster.create(pullJob('refused', { image: 'first:1', selector }));
    await cluster.run(3_000);
    await cluster.create(pullJob('next', { image: 'next:1' }));
    await cluster.run(1_000);
    cluster.kill();
    await using replica = await startReplica(cluster.kube, cluster.kube.clock);
    await replica.lead();
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 10);
    await cluster.run(11 * MINUTE_MS);
    assert.equal(cluster.daemons.pulling, 40);
  });

  it('a standby goes on with it, and does not tell again what is over', async () => {
    await using cluster = await startCluster({ nodes: 40, end: refusedOn('node-01') });
    await using standby = await startReplica(cluster.kube, cluster.kube.clock);
    const selector = { names: nodeNames(20) };
    await cluster.create(pullJob('refused', { image: 'first:1', selector }));
    await cluster.run(12 * MINUTE_MS);
    await cluster.events();
    cluster.kill();
    await standby.lead();
    await cluster.create(pullJob('next', { image: 'next:1' }));
    await cluster.run(2 * MINUTE_MS);
    assert.equal(cluster.daemons.pulling, 40);
    const told = cluster.kube
      .readAll<KubeEvent>(EVENTS)
      .filter(({ reason }) => reason === 'RegistryLimitRecovered');
    assert.equal(told.length, 1);
  });

  it('a refusal that is long past limits nothing', async () => {
    await using cluster = await startCluster({ nodes: 20, end: refusedOn('node-01') });
    await cluster.create(pullJob('refused', { image: 'first:1' }));
    await cluster.run(3_000);
    cluster.kill();
    await cluster.run(11 * MINUTE_MS);
    await using replica = await startReplica(cluster.kube, cluster.kube.clock);
    await replica.lead();
    await cluster.create(pullJob('next', { image: 'next:1' }));
    await cluster.run(1_000);
    assert.equal(cluster.daemons.pulling, 20);
  });
});
