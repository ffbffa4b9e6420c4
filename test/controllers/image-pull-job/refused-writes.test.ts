import assert from 'node:assert/strict';
import { KubeError } from '../../../kube/kube-error.ts';
import { node, pullJob, startCluster } from '../cluster.ts';

const NODES = [
  node('node-01', { labels: { pool: 'a' } }),
  node('node-02', { labels: { pool: 'b' } }),
];
/** More than a few tries in ten minutes are a loop. */
const MOST_TRIES = 30;

describe('image-pull-job controller: writes that the API server refuses', () => {
  it("rests between two tries to take an entry away from a NodeImage that can't be changed", async () => {
    await using cluster = await startCluster({ nodes: NODES });
    await cluster.create(pullJob('warm', { completionPolicy: { type: 'Never' } }));
    await cluster.run(10_000);
    let tries = 0;
    cluster.kube.before = ({ verb, resource, name, subresource }) => {
      if (verb !== 'patch' || resource !== 'nodeimages' || name !== 'node-02') return;
      if (subresource !== undefined) return;
      if (++tries > 1_000) return;
      throw new KubeError('NodeImage is invalid', { status: 422, reason: 'Invalid' });
    };
    await cluster.edit('warm', { selector: { matchLabels: { pool: 'a' } } });
    await cluster.run(10 * 60_000);
    assert.ok(tries <= MOST_TRIES, `${tries} tries`);
    assert.ok(tries >= 2, 'it gave up');
    cluster.kube.before = () => {};
    await cluster.run(2 * 60_000);
    assert.deepEqual(cluster.holding(), ['node-01']);
  });
});
