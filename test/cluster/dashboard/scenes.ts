import { CLONE_SETS, IMAGE_PULL_JOBS, PODS } from '../../../api/resources.ts';
import type { Workload } from '../../../api/workload.ts';
import { isReady } from '../../../cli/demo/readiness.ts';
import {
  type EmbeddedCluster,
  startEmbeddedCluster,
} from '../../../cli/embedded/embedded-cluster.ts';
import type { KubeClient } from '../../../kube/kube-client.ts';
import { silentLogger } from '../../../runtime/log.ts';
import { RegistryModel } from '../../../sim/registry-model.ts';
import { FakeKube } from '../../support/fake-kube.ts';
import { until } from '../until.ts';
import { fillFleet } from './large-fleet.ts';

/** Of the new image; a node loads it in about 8 s, so that there is time to look. */
const IMAGE_BYTES = 400e6;
const NODE_BYTES_PER_SECOND = 50e6;
const [OLD, NEW] = [
  'registry.example.com/shop/checkout:v41',
  'registry.example.com/shop/checkout:v42',
];

/** A rollout on twelve nodes in its middle: real manager, real daemons, simulated nodes. One job fails. */
export async function twelveNodes(): Promise<EmbeddedCluster> {
  const registry = new RegistryModel({ anyImageSizeBytes: IMAGE_BYTES });
  registry.push(OLD, { sizeBytes: 1e6 });
  registry.push('registry.example.com/base/runtime:2026.11', { sizeBytes: 1e6 });
  registry.push('registry.example.com/private/ledger:v7', { sizeBytes: 1e6 });
  registry.protect('registry.example.com/private/ledger', { ann: 'secret' });
  const cluster = await startEmbeddedCluster(
    { nodes: 12, nodeBytesPerSecond: NODE_BYTES_PER_SECOND, restartMs: 500 },
    { log: silentLogger, registry },
  );
  try {
    await rollOut(cluster.client);
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
  return cluster;
}

async function rollOut(client: KubeClient): Promise<void> {
  const web = { namespace: 'default', name: 'checkout' };
  await client.create(CLONE_SETS, workload());
  const ready = async (): Promise<boolean> =>
    (await client.list(PODS, { namespace: 'default' })).items.filter(isReady).length === 12;
  await until(ready, { what: '12 pods', everyMs: 100, timeoutMs: 120_000 });
  await createJob(client, 'base-runtime', 'registry.example.com/base/runtime:2026.11');
  await createJob(client, 'ledger', 'registry.example.com/private/ledger:v7', [
    'node-11',
    'node-12',
  ]);
  await ended(client, 2);
  await client.patch(CLONE_SETS, web, {
    type: 'json',
    operations: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: NEW }],
  });
}

async function createJob(
  client: KubeClient,
  name: string,
  image: string,
  names?: readonly string[],
): Promise<void> {
  const pullPolicy = { backoffLimit: 0, timeoutSeconds: 30 };
  await client.create(IMAGE_PULL_JOBS, {
    metadata: { name, namespace: 'default' },
    spec: {
      image,
      parallelism: 12,
      pullPolicy,
      completionPolicy: { type: 'Always' },
      ...(names === undefined ? {} : { selector: { names } }),
    },
  });
}

async function ended(client: KubeClient, count: number): Promise<void> {
  const isDone = async (): Promise<boolean> => {
    const { items } = await client.list(IMAGE_PULL_JOBS, { namespace: 'default' });
    return items.filter(({ status }) => status?.completionTime !== undefined).length === count;
  };
  await until(isDone, { what: 'the first jobs', everyMs: 100, timeoutMs: 120_000 });
}

function workload(): Workload {
  return {
    metadata: {
      name: 'checkout',
      namespace: 'default',
      annotations: { 'apps.kruise.io/image-predownload-parallelism': '4' },
    },
    spec: {
      replicas: 12,
      selector: { matchLabels: { app: 'checkout' } },
      template: {
        metadata: { labels: { app: 'checkout' } },
        spec: { containers: [{ name: 'main', image: OLD }] },
      },
      updateStrategy: {
        type: 'RollingUpdate',
        // The rollout waits, so that its story can be looked at as long as it takes.
        rollingUpdate: { podUpdatePolicy: 'InPlaceIfPossible', partition: 12, maxUnavailable: 2 },
      },
    },
  };
}

/** A rollout on thousands of nodes in its middle, as the caches of a manager would hold it. */
export function thousandsOfNodes(count: number): FakeKube {
  const kube = new FakeKube();
  fillFleet(kube, count, Date.now());
  return kube;
}
