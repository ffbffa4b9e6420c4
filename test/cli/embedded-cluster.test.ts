import assert from 'node:assert/strict';
import { isConditionTrue } from '../../api/conditions.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { ANNOTATION_IMAGE_CHANGE } from '../../api/names.ts';
import type { Resource } from '../../api/resource.ts';
import { ADVANCED_STATEFUL_SETS, CLONE_SETS, IMAGE_PULL_JOBS, PODS } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import { isReady } from '../../cli/demo/readiness.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../cli/embedded/embedded-cluster.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { silentLogger } from '../../runtime/log.ts';
import { RegistryModel } from '../../sim/registry-model.ts';
import { until } from '../cluster/until.ts';
import { imageOfContainer, rolloutWorkload } from './rollout-objects.ts';

const NODES = 4;
const web = { namespace: 'default', name: 'web' };

const start = (): Promise<EmbeddedCluster> =>
  startEmbeddedCluster(
    { nodes: NODES, nodeBytesPerSecond: 1e9, restartMs: 5 },
    { log: silentLogger, registry: new RegistryModel({ anyImageSizeBytes: 1e6 }) },
  );

const podsOn = async ({ client }: EmbeddedCluster, image: string): Promise<number> => {
  const { items } = await client.list(PODS, { namespace: 'default' });
  return items.filter(pod => imageOfContainer(pod) === image && isReady(pod)).length;
};
const jobs = async ({ client }: EmbeddedCluster): Promise<readonly ImagePullJob[]> =>
  (await client.list(IMAGE_PULL_JOBS, { namespace: 'default' })).items;
const kubeletPulls = ({ nodes }: EmbeddedCluster): string[] =>
  nodes.flatMap(node => [...node.kubeletPulls]);

async function rollOut(cluster: EmbeddedCluster, resource: Resource<Workload>): Promise<void> {
  const { client } = cluster;
  await client.create(resource, rolloutWorkload(resource.kind, 8));
  await until(async () => (await podsOn(cluster, 'app:v1')) === 8, { what: '8 pods', everyMs: 20 });
  await client.patch(resource, web, {
    type: 'json',
    operations: [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'app:v2' },
    ],
  });
  const job = await until(
    async () =>
      (await jobs(cluster)).find(({ status }) => isConditionTrue(status?.conditions, 'Complete')),
    { what: 'the job to complete', everyMs: 20 },
  );
  assert.equal(job.status?.succeeded, NODES);
  assert.equal(job.status?.message, 'job has completed');
  const marked = await client.get(resource, web);
  assert.match(marked?.metadata.annotations?.[ANNOTATION_IMAGE_CHANGE] ?? '', /app:v2/);
  assert.ok(
    !kubeletPulls(cluster).includes('app:v2'),
    'no pod was updated while the rollout was held',
  );
  await client.patch(resource, web, {
    type: 'merge',
    body: { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } },
  });
  await until(async () => (await podsOn(cluster, 'app:v2')) === 8, {
    what: 'the rollout',
    everyMs: 20,
  });
  assert.ok(!kubeletPulls(cluster).includes('app:v2'), 'every kubelet found the image');
  await until(async () => (await jobs(cluster)).length === 0, {
    what: 'the job to go',
    everyMs: 20,
  });
}

describe('embedded cluster', function () {
  this.timeout(30_000);

  for (const resource of [CLONE_SETS, ADVANCED_STATEFUL_SETS]) {
    it(`warms all nodes of a held ${resource.kind}, whose kubelets then pull nothing`, async () => {
      await using cluster = await start();
      await rollOut(cluster, resource);
    });
  }

  it('denies a job with selector and podSelector in one message, by the real webhook over TLS', async () => {
    await using cluster = await start();
    const denied = cluster.client.create(IMAGE_PULL_JOBS, {
      metadata: { name: 'both', namespace: 'default' },
      spec: {
        image: 'nginx:1',
        selector: { names: ['node-1'] },
        podSelector: { matchLabels: { app: 'web' } },
        completionPolicy: { type: 'Always' },
      },
    });
    await assert.rejects(denied, (error: unknown) => {
      assert.ok(error instanceof KubeError);
      assert.match(error.message, /admission webhook/);
      assert.match(error.message, /spec\.selector/);
      assert.match(error.message, /spec\.podSelector/);
      return true;
    });
  });

  it('makes a deleted pod again', async () => {
    await using cluster = await start();
    await cluster.client.create(ADVANCED_STATEFUL_SETS, rolloutWorkload('StatefulSet', 4));
    await until(async () => (await podsOn(cluster, 'app:v1')) === 4, { what: '4 pods' });
    const name = { namespace: 'default', name: 'web-2' };
    const uid = (await cluster.client.get(PODS, name))?.metadata.uid;
    await cluster.client.delete(PODS, name);
    const again = async (): Promise<boolean> => {
      const pod = await cluster.client.get(PODS, name);
      return pod !== undefined && pod.metadata.uid !== uid;
    };
    await until(again, { what: 'another pod of the same name', timeoutMs: 10_000 });
    await until(async () => (await podsOn(cluster, 'app:v1')) === 4, { what: '4 pods again' });
  });

  it('leaves no trace of a dry run', async () => {
    await using cluster = await start();
    await cluster.client.create(CLONE_SETS, rolloutWorkload('CloneSet', 4));
    await until(async () => (await podsOn(cluster, 'app:v1')) === 4, {
      what: '4 pods',
      everyMs: 20,
    });
    const operations = [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'app:v2' },
    ] as const;
    const answer = await cluster.client.patch(
      CLONE_SETS,
      web,
      { type: 'json', operations },
      { dryRun: true },
    );
    assert.match(answer.metadata.annotations?.[ANNOTATION_IMAGE_CHANGE] ?? '', /app:v2/);
    const stored = await cluster.client.get(CLONE_SETS, web);
    assert.equal(stored?.metadata.annotations?.[ANNOTATION_IMAGE_CHANGE], undefined);
    assert.deepEqual(await jobs(cluster), []);
  });
});
