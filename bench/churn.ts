import type { ImagePullJob } from '../api/image-pull-job.ts';
import { IMAGE_PULL_JOBS, NODES, PODS } from '../api/resources.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { sleep } from '../test/cluster/until.ts';
import { startMeasure } from './measure.ts';
import { createNode, createPod, LABEL_GROUP, NODE_GROUPS, nodeName, writeMany } from './objects.ts';
import { rounded } from './result.ts';
import { COMMON_DEFAULTS, type Result, type Scenario, type ScenarioOptions } from './scenario.ts';
import { startDaemons } from './start-daemons.ts';
import { hasEnded, type Sighting, watchJobs } from './watch-jobs.ts';
import { startWorld } from './world.ts';

/** A node joins or leaves, or a pod moves, this often. */
const CHANGE_EVERY_MS = 100;

/** Many jobs at once, half of them for groups of nodes and half for pods, while nodes join and leave and pods move. */
export const churn: Scenario = {
  name: 'churn',
  summary: 'many jobs at once while nodes join and leave and pods move',
  defaults: { ...COMMON_DEFAULTS, nodes: 1_000, parallelism: 10, jobs: 50, jitter: 0.5 },
  run,
};

async function run(options: ScenarioOptions): Promise<Result> {
  await using world = await startWorld({ fill: ({ client }) => fill(client, options) });
  const nodes = await startDaemons(world, options);
  await using watch = await watchJobs(world.connection);
  const { client } = world.connection;
  const ended = await startMeasure(world);
  const start = performance.now();
  const allEnded = watch.first(options.jobs, hasEnded);
  await writeMany(options.jobs, index => client.create(IMAGE_PULL_JOBS, jobOf(index, options)));
  const changes = await shakeUntil(allEnded, client, options);
  const sightings = await allEnded;
  const { writesTotal, writes, ...cost } = await ended();
  const { mostAtOnce } = await nodes.report();
  return {
    makespanSeconds: rounded((Math.max(...sightings.map(({ atMs }) => atMs)) - start) / 1000),
    changes,
    ...targetsOf(sightings),
    violations: Object.values(mostAtOnce).filter(most => most > options.parallelism).length,
    maxPullsAtOnce: Math.max(...Object.values(mostAtOnce)),
    writesTotal,
    ...cost,
    writes,
  };
}

async function fill(client: KubeClient, options: ScenarioOptions): Promise<void> {
  await writeMany(options.nodes, index => createNode(client, index));
  await writeMany(podsOf(options), index => placePod(client, index, options));
}

/** Each second job follows pods; each has as many as there are nodes in a group. */
const podsPerJob = ({ nodes }: ScenarioOptions): number => Math.ceil(nodes / NODE_GROUPS);
const podsOf = (options: ScenarioOptions): number =>
  Math.ceil(options.jobs / 2) * podsPerJob(options);
const podName = (index: number): string => `pod-${index}`;

function placePod(client: KubeClient, index: number, options: ScenarioOptions): Promise<unknown> {
  const app = `app-${Math.floor(index / podsPerJob(options))}`;
  const node = nodeName(Math.floor(Math.random() * options.nodes));
  return createPod(client, { name: podName(index), app, node });
}

function jobOf(index: number, { parallelism }: ScenarioOptions): ImagePullJob {
  const target =
    index % 2 === 0
      ? { selector: { matchLabels: { [LABEL_GROUP]: String((index / 2) % NODE_GROUPS) } } }
      : { podSelector: { matchLabels: { app: `app-${(index - 1) / 2}` } } };
  return {
    metadata: { namespace: 'default', name: `churn-${index}` },
    spec: {
      image: `registry.example/app-${index}:1`,
      parallelism,
      completionPolicy: { type: 'Always' },
      ...target,
    },
  };
}

/** Changes the cluster until `end`; returns how often. */
async function shakeUntil(
  end: Promise<unknown>,
  client: KubeClient,
  options: ScenarioOptions,
): Promise<number> {
  let over = false;
  void end.then(() => {
    over = true;
  });
  let changes = 0;
  while (!over) {
    await shake(client, changes++, options);
    await sleep(CHANGE_EVERY_MS);
  }
  return changes;
}

/** By turns a node joins, a node leaves and a pod moves. */
async function shake(client: KubeClient, turn: number, options: ScenarioOptions): Promise<void> {
  const round = Math.floor(turn / 3);
  if (turn % 3 === 0) {
    await createNode(client, options.nodes + round);
  } else if (turn % 3 === 1) {
    await client.delete(NODES, { name: nodeName(round) });
  } else {
    const index = Math.floor(Math.random() * podsOf(options));
    const name = { namespace: 'default', name: podName(index) };
    await client.delete(PODS, name, { gracePeriodSeconds: 0 });
    await placePod(client, index, options);
  }
}

/** How the targets of all jobs ended. */
function targetsOf(sightings: readonly Sighting[]): Result {
  const sum = (field: 'desired' | 'succeeded' | 'failed'): number =>
    sightings.reduce((total, { job }) => total + (job.status?.[field] ?? 0), 0);
  return { desired: sum('desired'), succeeded: sum('succeeded'), failed: sum('failed') };
}
