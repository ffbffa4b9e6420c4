import assert from 'node:assert/strict';
import { ANNOTATION_PARALLELISM } from '../../api/names.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { diagnoseFailures } from './diagnose.ts';
import { installHeadstart, pushHeadstart } from './install.ts';
import { mostNodesAtOnce } from './registry-door.ts';
import { deploy, type TestWorkload } from './workload.ts';
import { startWorkloadStandIn, type WorkloadStandIn } from './workload-stand-in.ts';

/** With 5 MB this makes a pull take more than a second, so that pulls that may overlap do. */
const LINK_MBIT = 32;
const IMAGE_MB = 5;

describe('parallelism of predownloading, on 4 nodes', () => {
  let cluster: Cluster;
  let standIn: WorkloadStandIn;
  let workload: TestWorkload;
  before(async () => {
    cluster = await startCluster({ nodes: 4 });
    await installHeadstart(cluster, { image: await pushHeadstart(cluster) });
    standIn = await startWorkloadStandIn(cluster);
    const { reference: image } = await cluster.registry.push('parallelism:v1');
    workload = await deploy(
      { kind: 'CloneSet', name: 'parallelism', image, replicas: 8 },
      { cluster, client: standIn.client },
    );
    for (const node of cluster.nodes) await node.limitBandwidth(LINK_MBIT);
  });
  after(async () => {
    await standIn?.stop();
    await cluster?.stop();
  });
  diagnoseFailures(() => cluster);

  for (const { annotation, atOnce } of [
    { annotation: undefined, atOnce: 1 },
    { annotation: '2', atOnce: 2 },
    { annotation: '50%', atOnce: 2 },
  ]) {
    const title = annotation === undefined ? 'without the annotation' : `with "${annotation}"`;
    it(`${title} ${atOnce} pull at once, never more`, async () => {
      const repository = `next-${(annotation ?? 'default').replace('%', '-percent')}`;
      const { reference } = await cluster.registry.push(`${repository}:v2`, IMAGE_MB);
      const warnings = await workload.setImage(reference, {
        [ANNOTATION_PARALLELISM]: annotation ?? null,
      });
      assert.match(warnings.join(), new RegExp(`on 4 nodes, ${atOnce} at a time`));
      const { status } = await workload.isWarm(reference);
      assert.equal(status?.succeeded, 4);
      const downloads = cluster.registry.downloads(repository);
      assert.equal(new Set(downloads.map(({ from }) => from)).size, 4);
      assert.equal(mostNodesAtOnce(downloads), atOnce);
    });
  }

  it('denies "abc" and names the annotation', async () => {
    const annotate = ['annotate', '--overwrite', workload.reference];
    const { code, stderr } = await cluster.kubectl(...annotate, `${ANNOTATION_PARALLELISM}=abc`);
    assert.equal(code, 1);
    assert.match(stderr, /annotations\[apps\.kruise\.io\/image-predownload-parallelism\]: .*"abc"/);
  });
});
