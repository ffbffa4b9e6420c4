import assert from 'node:assert/strict';
import { ANNOTATION_PARALLELISM, ANNOTATION_PREDOWNLOAD } from '../../api/names.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { diagnoseFailures } from './diagnose.ts';
import { installHeadstart, pushHeadstart } from './install.ts';
import { type KubeletReport, kubeletReport } from './kubelet-events.ts';
import { mostNodesAtOnce } from './registry-door.ts';
import { until } from './until.ts';
import { deploy, type TestWorkload, type WorkloadOptions } from './workload.ts';
import { startWorkloadStandIn, type WorkloadStandIn } from './workload-stand-in.ts';

/** A DaemonSet has one pod on each of the 4 nodes. */
const PODS = { CloneSet: 8, StatefulSet: 8, DaemonSet: 4 } as const;
/** With 20 MB this makes a pull take two seconds. */
const LINK_MBIT = 80;
const IMAGE_MB = 20;
/** Ways to roll out without a pause. */
const AT_ONCE = [
  { how: 'without Headstart', annotations: { [ANNOTATION_PREDOWNLOAD]: 'never' } },
  {
    how: 'with Headstart, one node at a time',
    annotations: { [ANNOTATION_PREDOWNLOAD]: null },
  },
  {
    how: 'with Headstart, all nodes at once',
    annotations: { [ANNOTATION_PARALLELISM]: '100%' },
  },
] as const;

describe('rollouts', () => {
  let cluster: Cluster;
  let standIn: WorkloadStandIn;
  before(async () => {
    cluster = await startCluster({ nodes: 4 });
    await installHeadstart(cluster, { image: await pushHeadstart(cluster) });
    standIn = await startWorkloadStandIn(cluster);
  });
  after(async () => {
    await standIn?.stop();
    await cluster?.stop();
  });
  diagnoseFailures(() => cluster);

  const limitLinks = async (megabits: number | undefined): Promise<void> =>
    void (await Promise.all(cluster.nodes.map(node => node.limitBandwidth(megabits))));

  /** What kubelets said about `image` once each pod has got it. */
  const finalReport = (image: string, pods: number): Promise<KubeletReport> =>
    until(
      async () => {
        const report = await kubeletReport(standIn.client, image);
        return new Set([...report.present, ...report.waited]).size === pods && report;
      },
      { what: `kubelets to tell about ${image}` },
    );

  for (const kind of ['CloneSet', 'StatefulSet', 'DaemonSet'] as const) rolloutOf(kind);

  function rolloutOf(kind: WorkloadOptions['kind']): void {
    const replicas = PODS[kind];
    describe(`of a ${kind} with ${replicas} pods on 4 nodes`, () => {
      const name = kind.toLowerCase();
      let workload: TestWorkload;
      let next: string;
      before(async () => {
        const { reference: image } = await cluster.registry.push(`${name}:v1`);
        next = (await cluster.registry.push(`${name}-next:v2`, 5)).reference;
        workload = await deploy(
          { kind, name, image, replicas },
          { cluster, client: standIn.client },
        );
      });
      after(() => cluster.mustKubectl(['delete', workload.reference, '--wait=false']));

      it('tells who patches the image what will be warmed, and makes the job within a second', async () => {
        const warnings = await workload.setImage(next);
        const patchedMs = performance.now();
        assert.equal(warnings.length, 1, 'one warning');
        assert.match(warnings[0] ?? '', /predownloads \S+-next:v2 on 4 nodes, 1 at a time$/);
        await workload.jobFor(next);
        const tookMs = performance.now() - patchedMs;
        assert.ok(tookMs < 1000, `the job was there after ${tookMs} ms`);
      });

      it('warms every node while the partition holds all pods', async () => {
        const { status } = await workload.isWarm(next);
        assert.deepEqual([status?.desired, status?.succeeded, status?.failed], [4, 4, 0]);
        for (const node of cluster.nodes) assert.ok((await node.imageNames()).includes(next));
        const downloads = cluster.registry.downloads(`${name}-next`);
        assert.equal(mostNodesAtOnce(downloads), 1);
        assert.equal(downloads.length, 8, 'configuration and layer, once for each node');
        assert.deepEqual(await kubeletReport(standIn.client, next), { present: [], waited: [] });
      });

      it('shows the job to kubectl get', async () => {
        const lines = (await cluster.mustKubectl(['get', 'imagepulljob'])).trim().split('\n');
        assert.match(lines[0] ?? '', /^NAME +TOTAL +ACTIVE +SUCCEED +FAILED +AGE +MESSAGE *$/);
        const [{ metadata } = assert.fail('no job')] = await workload.jobs();
        const line = lines.find(text => text.startsWith(metadata.name)) ?? '';
        assert.match(line, / 4 +0 +4 +0 +\d+m?\d*s? +\S/);
      });

      it('lets every kubelet find the image present', async () => {
        await workload.setPartition(0);
        await workload.isRolledOut();
        const { present, waited } = await finalReport(next, replicas);
        assert.equal(present.length, replicas);
        assert.deepEqual(waited, []);
        assert.equal(cluster.registry.downloads(`${name}-next`).length, 8, 'no further download');
      });

      it('removes the job after the rollout', async () => {
        await until(async () => (await workload.jobs()).length === 0, { what: 'no job' });
      });

      it('makes fewer pods wait for a pull when the rollout runs at once', async () => {
        await limitLinks(LINK_MBIT);
        const waited: number[] = [];
        for (const [index, { how, annotations }] of AT_ONCE.entries()) {
          const { reference } = await cluster.registry.push(`${name}:at-once-${index}`, IMAGE_MB);
          await workload.setImage(reference, annotations);
          await workload.isRolledOut();
          const count = (await finalReport(reference, replicas)).waited.length;
          console.log(`        ${count} of ${replicas} pods waited for a pull ${how}`);
          waited.push(count);
        }
        await limitLinks(undefined);
        const [without = 0, , allAtOnce = replicas] = waited;
        assert.equal(without, cluster.nodes.length, 'without Headstart the first pod of each node');
        assert.ok(allAtOnce < without);
      });
    });
  }
});
