import assert from 'node:assert/strict';
import type { KubeEvent } from '../../api/core.ts';
import { ANNOTATION_PREDOWNLOAD } from '../../api/names.ts';
import { EVENTS } from '../../api/resources.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { diagnoseFailures } from './diagnose.ts';
import { installHeadstart, pushHeadstart } from './install.ts';
import { kubeletReport } from './kubelet-events.ts';
import { until } from './until.ts';
import { deploy, type TestWorkload, type WorkloadOptions } from './workload.ts';
import { startWorkloadStandIn, type WorkloadStandIn } from './workload-stand-in.ts';

interface Case {
  readonly title: string;
  readonly options: Pick<WorkloadOptions, 'kind' | 'name' | 'replicas' | 'policy'>;
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  {
    title: 'a CloneSet of 3 replicas',
    options: { kind: 'CloneSet', name: 'small', replicas: 3 },
    says: /TooFewReplicas: the workload has 3 replicas and more than 3 are needed/,
  },
  {
    title: 'a StatefulSet of 4 replicas that recreates its pods',
    options: { kind: 'StatefulSet', name: 'recreated', replicas: 4, policy: 'ReCreate' },
    says: /NotInPlace: the update strategy is ReCreate, not in place/,
  },
];

describe('workloads that are not predownloaded', () => {
  let cluster: Cluster;
  let standIn: WorkloadStandIn;
  before(async () => {
    cluster = await startCluster({ nodes: 2 });
    await installHeadstart(cluster, { image: await pushHeadstart(cluster) });
    standIn = await startWorkloadStandIn(cluster);
  });
  after(async () => {
    await standIn?.stop();
    await cluster?.stop();
  });
  diagnoseFailures(() => cluster);

  const nodesWith = async (image: string): Promise<number> => {
    const images = await Promise.all(cluster.nodes.map(node => node.imageNames()));
    return images.filter(names => names.includes(image)).length;
  };

  const skipEvent = (name: string): Promise<KubeEvent> =>
    until(
      async () => {
        const fieldSelector = `involvedObject.name=${name},reason=PreDownloadSkipped`;
        return (await standIn.client.list(EVENTS, { namespace: 'default', fieldSelector }))
          .items[0];
      },
      { what: `an Event of ${name}` },
    );

  for (const { title, options, says } of CASES) {
    describe(title, () => {
      const { name, kind, replicas } = options;
      let workload: TestWorkload;
      let next: string;
      before(async () => {
        const { reference: image } = await cluster.registry.push(`${name}:v1`);
        next = (await cluster.registry.push(`${name}:v2`)).reference;
        workload = await deploy({ ...options, image }, { cluster, client: standIn.client });
      });

      it('warms nothing, and an Event says why', async () => {
        const warnings = await workload.setImage(next);
        assert.match(warnings.join(), /nothing is predownloaded/);
        const { involvedObject, message } = await skipEvent(name);
        assert.equal(involvedObject.kind, kind);
        assert.match(message ?? '', says);
        assert.deepEqual(await workload.jobs(), []);
        assert.equal(await nodesWith(next), 0);
      });

      it(`is warmed with ${ANNOTATION_PREDOWNLOAD}: always`, async () => {
        await workload.setAnnotations({ [ANNOTATION_PREDOWNLOAD]: 'always' });
        const { status } = await workload.isWarm(next);
        assert.equal(status?.succeeded, 2);
        assert.equal(await nodesWith(next), 2);
        await workload.setPartition(0);
        await workload.isRolledOut();
        const report = await until(
          async () => {
            const found = await kubeletReport(standIn.client, next);
            return found.present.length === replicas && found;
          },
          { what: 'kubelets to find the image present' },
        );
        assert.deepEqual(report.waited, []);
      });
    });
  }
});
