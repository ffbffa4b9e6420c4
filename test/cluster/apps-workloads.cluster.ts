import assert from 'node:assert/strict';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { ANNOTATION_IMAGE_CHANGE, ANNOTATION_PREDOWNLOAD } from '../../api/names.ts';
import { EVENTS } from '../../api/resources.ts';
import { connect } from '../../cli/kube-access.ts';
import type { KubeConnection } from '../../kube/connect-kube.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { diagnoseFailures } from './diagnose.ts';
import { deployGated, GATED_KINDS, type GatedKind, type GatedWorkload } from './gated-workload.ts';
import { installHeadstart, pushHeadstart } from './install.ts';
import { kubeletReport } from './kubelet-events.ts';
import { until } from './until.ts';

const NODES = 3;
const HASH_LABELS = {
  Deployment: 'pod-template-hash',
  StatefulSet: 'controller-revision-hash',
  DaemonSet: 'controller-revision-hash',
} as const;

const nameOf = (kind: GatedKind): string => `plain-${kind.toLowerCase()}`;

describe('rollouts of apps/v1 by the controllers of Kubernetes', () => {
  let cluster: Cluster;
  let connection: KubeConnection;
  before(async () => {
    cluster = await startCluster({ nodes: NODES });
    await installHeadstart(cluster, { image: await pushHeadstart(cluster) });
    const access = { kubeconfig: cluster.kubeconfigPath };
    connection = await connect(access, { fieldManager: 'test' }, { metrics: noMetrics });
    await deployAll();
  });
  after(async () => {
    connection?.close();
    await cluster?.stop();
  });
  diagnoseFailures(() => cluster);

  const nodesWith = async (image: string): Promise<readonly string[]> => {
    const names = await Promise.all(cluster.nodes.map(node => node.imageNames()));
    return cluster.nodes.flatMap(({ name }, i) => (names[i]?.includes(image) ? name : []));
  };

  const workloads = new Map<GatedKind, GatedWorkload>();
  /** All at once: most of a start is waiting for kubelets. */
  const deployAll = (): Promise<unknown> =>
    Promise.all(
      GATED_KINDS.map(async kind => {
        const name = nameOf(kind);
        const { reference: image } = await cluster.registry.push(`${name}:v1`, 0);
        const { client } = connection;
        const options = { kind, name, image, pods: NODES };
        workloads.set(kind, await deployGated(options, { cluster, client }));
      }),
    );

  for (const kind of GATED_KINDS) rolloutOf(kind);

  function rolloutOf(kind: GatedKind): void {
    describe(`of a ${kind} on ${NODES} nodes`, () => {
      const name = nameOf(kind);
      let workload: GatedWorkload;
      let second: string;
      let third: string;
      let updated: string;
      before(async () => {
        second = (await cluster.registry.push(`${name}:v2`)).reference;
        third = (await cluster.registry.push(`${name}:v3`)).reference;
        workload = workloads.get(kind) ?? assert.fail('not deployed');
      });
      after(() => cluster.mustKubectl(['delete', `${kind}.apps`, name, '--wait=false']));

      const theJob = (holds: (job: ImagePullJob) => boolean): Promise<ImagePullJob> =>
        until(async () => (await workload.jobs()).find(holds), { what: `a job of ${name}` });
      const isNarrow = ({ spec }: ImagePullJob): boolean =>
        spec.podSelector?.matchExpressions?.some(({ key }) => key === HASH_LABELS[kind]) ?? false;

      it('is left alone without the annotation: no mark, no job, no Event, no image', async () => {
        assert.deepEqual(await workload.patch(second), []);
        updated = (await workload.firstPodWith(second)).spec?.nodeName ?? '';
        assert.deepEqual(await workload.jobs(), []);
        assert.deepEqual(await nodesWith(second), [updated]);
        const fieldSelector = `involvedObject.name=${name},source=headstart-manager`;
        const { items } = await connection.client.list(EVENTS, { fieldSelector });
        assert.deepEqual(items, []);
      });

      it('is warmed when the annotation comes in the middle, on the nodes of old pods only', async () => {
        await workload.annotate({ [ANNOTATION_PREDOWNLOAD]: 'always' });
        const { metadata, spec } = await theJob(isNarrow);
        assert.equal(spec.image, second);
        const job = `imagepulljob/${metadata.name}`;
        await cluster.mustKubectl(['wait', '--for=condition=Complete', job, '--timeout=60s']);
        const { status } = await cluster.get<ImagePullJob>(job);
        assert.deepEqual([status?.desired, status?.succeeded], [NODES - 1, NODES - 1]);
        assert.equal((await nodesWith(second)).length, NODES);
      });

      it('lets its other pods find the image present, and ends without a job', async () => {
        await workload.rollOut(second);
        const report = await kubeletReport(connection.client, second);
        assert.equal(report.waited.length, 1, 'the pod of before the annotation');
        assert.equal(report.present.length, NODES - 1);
        await until(async () => (await workload.jobs()).length === 0, { what: 'no job' });
      });

      it('is warmed from the first moment of the next rollout, and its author is told', async () => {
        const warnings = await workload.patch(third);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0] ?? '', new RegExp(`predownloads \\S+v3 on ${NODES} nodes`));
        assert.equal((await theJob(({ spec }) => spec.image === third)).spec.image, third);
        await theJob(isNarrow);
        await until(async () => (await nodesWith(third)).length === NODES, {
          what: `${third} on all nodes while only one pod is updated`,
        });
        const old = (await workload.pods()).filter(
          pod => pod.spec?.containers?.[0]?.image !== third,
        );
        assert.equal(old.length, NODES - 1);
      });

      it('bears the mark of its last change', async () => {
        const { metadata } = await cluster.get<ImagePullJob>(`${kind}.apps`, name);
        const mark: unknown = JSON.parse(metadata.annotations?.[ANNOTATION_IMAGE_CHANGE] ?? '');
        assert.deepEqual(mark, { main: { from: second, to: third } });
      });
    });
  }
});
