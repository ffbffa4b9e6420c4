import assert from 'node:assert/strict';
import { NODE_IMAGES } from '../../../api/resources.ts';
import type { KubeClient } from '../../../kube/kube-client.ts';
import { KubeError } from '../../../kube/kube-error.ts';
import { untilAborted } from '../../../runtime/abort.ts';
import { defer } from '../../support/defer.ts';
import { clientOf } from '../client-of.ts';
import { type Cluster, pullJob, startCluster, startReplica } from '../cluster.ts';

const lost = (): KubeError => new KubeError('socket hang up', { status: 0, retryable: true });

/** A client that gets no answer about NodeImages and sees no change of one, until `tell`. */
function blind({ kube }: Cluster): { client: KubeClient; tell: () => void } {
  const gate = defer<void>();
  let deaf = true;
  const client = clientOf(kube, {
    async *watch(resource, options) {
      for await (const event of kube.watch(resource, options)) {
        if (resource.plural === NODE_IMAGES.plural)
          await untilAborted(gate.promise, options.signal);
        yield event;
      }
    },
    patch: async (resource, name, patch, options) => {
      const answer = await kube.patch(resource, name, patch, options);
      if (deaf && resource.plural === NODE_IMAGES.plural) throw lost();
      return answer;
    },
    get: async (resource, name, options) => {
      if (deaf && resource.plural === NODE_IMAGES.plural) throw lost();
      return kube.get(resource, name, options);
    },
  });
  const tell = (): void => {
    deaf = false;
    gate.resolve();
  };
  return { client, tell };
}

describe('registry budget: writes whose answer was lost', () => {
  it('count until the API server has told, for all jobs, also when their own job goes', async () => {
    await using cluster = await startCluster({ nodes: 3, end: () => 'hangs' });
    cluster.kill();
    const { client, tell } = blind(cluster);
    const options = { maxPullsPerRegistry: 1 };
    await using replica = await startReplica(client, cluster.kube.clock, options);
    await replica.lead();
    await cluster.create(pullJob('one', { image: 'team/one:1' }));
    await cluster.create(pullJob('two', { image: 'team/two:1' }));
    await cluster.run(10_000);
    assert.equal(cluster.daemons.pulls.length, 1);
    await cluster.remove('one');
    await cluster.run(10_000);
    assert.equal(cluster.daemons.pulls.length, 1);
    tell();
    await cluster.run(60_000);
    assert.deepEqual(cluster.holding('team/one:1'), []);
    assert.equal(cluster.holding('team/two:1').length, 1);
    assert.equal(cluster.daemons.mostAtOnce, 1);
  });

  it('of many jobs at once never lead past the ceiling', async () => {
    await using cluster = await startCluster({ nodes: 6, maxPullsPerRegistry: 3 });
    let calls = 0;
    cluster.kube.after = ({ verb, resource, subresource }) => {
      if (verb !== 'patch' || resource !== 'nodeimages' || subresource) return;
      if (calls++ % 3 === 0) throw lost();
    };
    for (let index = 1; index <= 6; index++) {
      await cluster.create(pullJob(`job-${index}`, { image: `team/app-${index}:1` }));
    }
    await cluster.run(3 * 60_000);
    assert.equal(cluster.daemons.mostAtOnce, 3);
    for (let index = 1; index <= 6; index++) {
      assert.equal(cluster.status(`job-${index}`).succeeded, 6);
    }
  });
});
