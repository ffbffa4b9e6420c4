import type { NodeImage } from '../api/node-image.ts';
import { NODE_IMAGES } from '../api/resources.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { systemClock, timestamp } from '../runtime/clock.ts';
import { noMetrics } from '../runtime/metrics.ts';
import { Semaphore } from '../runtime/semaphore.ts';
import { startMeasure } from './measure.ts';
import { createNode, WRITES_AT_ONCE, writeMany } from './objects.ts';
import { idealSeconds, rounded, secondsSince } from './result.ts';
import { COMMON_DEFAULTS, type Result, type Scenario, type ScenarioOptions } from './scenario.ts';
import { startWorld } from './world.ts';

const REPOSITORY = 'registry.example/app';
/** As long as a job's, and of a kind that no controller looks after. */
const OWNER = {
  apiVersion: 'bench.example.com/v1',
  kind: 'BareLoop',
  namespace: 'default',
  name: 'bare',
  uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
};

/** What the writes of a job cost by themselves: nobody decides anything, nobody watches for the next step. */
export const bare: Scenario = {
  name: 'bare',
  summary:
    'the two writes of a job on each node from one loop: the least that fanout can take here',
  defaults: COMMON_DEFAULTS,
  run,
};

async function run(options: ScenarioOptions): Promise<Result> {
  const { nodes, parallelism, pullMs } = options;
  await using world = await startWorld({
    fill: ({ client }) => writeMany(nodes, index => createNode(client, index)),
  });
  await world.nodeImages(nodes);
  const { client } = world.connection;
  const { items } = await client.list(NODE_IMAGES);
  const pulls = new Semaphore({ name: 'pulls', limit: parallelism }, { metrics: noMetrics });
  const writes = new Semaphore({ name: 'writes', limit: WRITES_AT_ONCE }, { metrics: noMetrics });
  const ended = await startMeasure(world);
  const start = performance.now();
  const pull = async (nodeImage: NodeImage): Promise<void> => {
    await writes.run(undefined, () => ask(client, nodeImage));
    await systemClock.sleep(pullMs);
    await writes.run(undefined, () => report(client, nodeImage));
  };
  await Promise.all(items.map(item => pulls.run(undefined, () => pull(item))));
  const makespanSeconds = secondsSince(start);
  const { writesTotal, writes: _writes, ...cost } = await ended();
  const ideal = idealSeconds(options);
  return {
    makespanSeconds,
    idealSeconds: ideal,
    ratio: rounded(makespanSeconds / ideal),
    writesPerNode: rounded(writesTotal / nodes),
    ...cost,
  };
}

/** As the manager asks a node for an image. */
async function ask(client: KubeClient, { metadata }: NodeImage): Promise<void> {
  const tag = {
    tag: '1',
    version: 1,
    createdAt: timestamp(systemClock),
    imagePullPolicy: 'IfNotPresent',
    pullPolicy: { timeoutSeconds: 600, backoffLimit: 3, ttlSecondsAfterFinished: 86_400 },
    ownerReferences: [OWNER],
  };
  const operations = [
    { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
    { op: 'add', path: '/spec', value: { images: { [REPOSITORY]: { tags: [tag] } } } },
  ] as const;
  await client.patch(NODE_IMAGES, { name: metadata.name }, { type: 'json', operations });
}

/** As a daemon reports a short pull. */
async function report(client: KubeClient, { metadata }: NodeImage): Promise<void> {
  const now = timestamp(systemClock);
  const result = { tag: '1', version: 1, phase: 'Succeeded', progress: 100, startTime: now };
  const tags = [{ ...result, completionTime: now }];
  const status = { desired: 1, succeeded: 1, imageStatuses: { [REPOSITORY]: { tags } } };
  const patch = { type: 'merge', body: { status } } as const;
  await client.patch(NODE_IMAGES, { name: metadata.name }, patch, { subresource: 'status' });
}
