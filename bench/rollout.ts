import { ANNOTATION_PARALLELISM } from '../api/names.ts';
import { CLONE_SETS } from '../api/resources.ts';
import type { Workload } from '../api/workload.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { until } from '../test/cluster/until.ts';
import { startMeasure } from './measure.ts';
import type { NodesProcess } from './nodes-process.ts';
import { idealSeconds, rounded, secondsSince } from './result.ts';
import { COMMON_DEFAULTS, type Result, type Scenario, type ScenarioOptions } from './scenario.ts';
import { startRealNodes } from './start-daemons.ts';
import { untilArmed } from './until-armed.ts';
import { hasEnded, type JobTest, type JobWatch, watchJobs } from './watch-jobs.ts';
import { startWorld, type World } from './world.ts';

const CLONE_SET = { namespace: 'default', name: 'web' };
const REPOSITORY = 'registry.example/web';
/** A node for each pod; with pulls of 2 s and restarts of 1 s the rollout overtakes a slow warm-up. */
const MAX_UNAVAILABLE = '20%';

const PATIENCE_MS = 300_000;

/** A CloneSet with a pod on each node gets a new image twice: while its partition holds all pods, and with the rollout at once. */
export const rollout: Scenario = {
  name: 'rollout',
  summary: 'a CloneSet with webhooks, real daemons and a pod a node: rollout held, then running',
  defaults: { ...COMMON_DEFAULTS, nodes: 50, parallelism: 5, daemons: 'real' },
  run,
};

async function run(options: ScenarioOptions): Promise<Result> {
  await using world = await startWorld({ workloads: true });
  const { client } = world.connection;
  const nodes = await startRealNodes(world, { ...options, workloads: true });
  await untilArmed(client);
  await client.create(CLONE_SETS, cloneSet(options));
  await untilRolledOut(client, options);
  const ended = await startMeasure(world);
  await using jobs = await watchJobs(world.connection);
  const parts = { world, nodes, jobs };
  const held = await change({ ...parts, image: `${REPOSITORY}:2`, partition: '100%' }, options);
  const running = await change({ ...parts, image: `${REPOSITORY}:3`, partition: 0 }, options);
  const { writes, ...cost } = await ended();
  return { idealSeconds: idealSeconds(options), held, running, ...cost, writes };
}

interface Change {
  readonly world: World;
  readonly nodes: NodesProcess;
  readonly jobs: JobWatch;
  readonly image: string;
  readonly partition: number | string;
}

/** Patches the image, waits for the warm-up when the partition holds the pods, and then for the rollout. */
async function change(
  { world, nodes, jobs, image, partition }: Change,
  options: ScenarioOptions,
): Promise<Result> {
  const { client } = world.connection;
  const isOurs: JobTest = job => job.spec.image === image;
  const made = jobs.first(1, isOurs);
  const ended = jobs.first(1, job => isOurs(job) && hasEnded(job));
  const firstTag = nodes.next('first tag').then(() => performance.now());
  const start = performance.now();
  await client.patch(CLONE_SETS, CLONE_SET, { type: 'merge', body: update(image, partition) });
  const [[sighting], tagAtMs] = await Promise.all([made, firstTag]);
  const sinceStart = (atMs = Number.NaN): number => rounded(atMs - start);
  const times = {
    patchToJobMs: sinceStart(sighting?.atMs),
    patchToFirstTagMs: sinceStart(tagAtMs),
  };
  const warmUp =
    partition === 0 ? {} : { makespanSeconds: sinceStart((await ended)[0]?.atMs) / 1000 };
  await client.patch(CLONE_SETS, CLONE_SET, { type: 'merge', body: update(image, 0) });
  await untilRolledOut(client, options);
  const { mostAtOnce, kubeletPulls } = await nodes.report();
  const pulled = kubeletPulls.filter(found => found === image).length;
  return {
    ...times,
    ...warmUp,
    rolloutSeconds: secondsSince(start),
    maxPullsAtOnce: mostAtOnce[sighting?.job.metadata.uid ?? ''],
    warmedInTime: options.nodes - pulled,
  };
}

const podSpec = (image: string) => ({ containers: [{ name: 'main', image }] });

function updateStrategy(partition: number | string) {
  const rollingUpdate = {
    podUpdatePolicy: 'InPlaceIfPossible',
    partition,
    maxUnavailable: MAX_UNAVAILABLE,
  };
  return { type: 'RollingUpdate', rollingUpdate };
}

function cloneSet({ nodes, parallelism }: ScenarioOptions): Workload {
  const labels = { app: CLONE_SET.name };
  return {
    metadata: { ...CLONE_SET, annotations: { [ANNOTATION_PARALLELISM]: String(parallelism) } },
    spec: {
      replicas: nodes,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec(`${REPOSITORY}:1`) },
      updateStrategy: updateStrategy(0),
    },
  };
}

const update = (image: string, partition: number | string) => ({
  spec: { template: { spec: podSpec(image) }, updateStrategy: updateStrategy(partition) },
});

async function untilRolledOut(client: KubeClient, { nodes }: ScenarioOptions): Promise<void> {
  const isRolledOut = async (): Promise<boolean> => {
    const found = await client.get(CLONE_SETS, CLONE_SET);
    const { observedGeneration, updatedReadyReplicas } = found?.status ?? {};
    return observedGeneration === found?.metadata.generation && updatedReadyReplicas === nodes;
  };
  await until(isRolledOut, { what: 'the rollout', timeoutMs: PATIENCE_MS });
}
