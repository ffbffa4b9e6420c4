import assert from 'node:assert/strict';
import type { ImageListPullJob } from '../../../api/image-list-pull-job.ts';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import type { Cluster } from '../cluster.ts';
import { until } from '../until.ts';
import {
  AT_ONCE,
  allNodes,
  imageListPullJob,
  imagePullJob,
  nodesWith,
  waitFor,
} from './objects.ts';

/** Tests of pull jobs; the last one adds a node. */
export function describeJobs(theCluster: () => Cluster): void {
  let cluster: Cluster;
  before(() => {
    cluster = theCluster();
  });

  it('brings the three images of an ImageListPullJob to every node', async () => {
    const pushed = ['one', 'two', 'three'].map(name => cluster.registry.push(`list/${name}:1`));
    const images = (await Promise.all(pushed)).map(({ reference }) => reference);
    await cluster.apply(imageListPullJob('three', { ...AT_ONCE, images }));
    const { status } = await waitFor<ImageListPullJob>(
      cluster,
      'imagelistpulljob/three',
      'Complete',
    );
    assert.equal(status?.desired, 3);
    assert.equal(status?.succeeded, 3);
    for (const image of images) {
      assert.deepEqual(await nodesWith(cluster, image), allNodes(cluster));
    }
  });

  it('pulls on the named nodes, and says which of them does not exist', async () => {
    const { reference } = await cluster.registry.push('team/named:1');
    const selector = { names: ['node-1', 'node-99'] };
    await cluster.apply(imagePullJob('named', { ...AT_ONCE, image: reference, selector }));
    const { status } = await waitFor(cluster, 'imagepulljob/named', 'Failed');
    assert.deepEqual(status?.failedNodes, ['node-99']);
    assert.deepEqual(await nodesWith(cluster, reference), ['node-1']);
    assert.match(
      await cluster.mustKubectl(['get', 'imagepulljob', 'named']),
      /^named +2 +0 +1 +1 +\d+s +job has completed: 1 failed \(NodeNotFound: node-99\)$/m,
    );
  });

  it("shows a job in the documents' columns", async () => {
    const { reference } = await cluster.registry.push('team/shown:1');
    await cluster.apply(imagePullJob('shown', { ...AT_ONCE, image: reference }));
    await waitFor(cluster, 'imagepulljob/shown', 'Complete');
    const table = await cluster.mustKubectl(['get', 'imagepulljob', 'shown']);
    const [header = '', row = ''] = table.split('\n');
    assert.equal(header.replace(/\s+/g, ' '), 'NAME TOTAL ACTIVE SUCCEED FAILED AGE MESSAGE');
    assert.match(row, /^shown +4 +0 +4 +0 +\d+s +job has completed$/);
  });

  it('serves a node that is added while a job of type Never runs', async () => {
    const { reference } = await cluster.registry.push('team/always-there:1');
    const completionPolicy = { type: 'Never' };
    await cluster.apply(
      imagePullJob('always-there', { ...AT_ONCE, image: reference, completionPolicy }),
    );
    await hasSucceeded(cluster, 4);
    const added = await cluster.addNode();
    const { status } = await hasSucceeded(cluster, 5);
    assert.ok((await added.imageNames()).includes(reference), `${added.name} has it`);
    assert.equal(status?.completionTime, undefined);
    const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
    assert.equal(progressing?.status, 'True');
  });
}

function hasSucceeded(cluster: Cluster, nodes: number): Promise<ImagePullJob> {
  return until(
    async () => {
      const job = await cluster.get<ImagePullJob>('imagepulljob', 'always-there');
      return job.status?.succeeded === nodes && job;
    },
    { what: `the image on ${nodes} nodes` },
  );
}
