import type { ImagePullJob } from '../api/image-pull-job.ts';
import { IMAGE_PULL_JOBS } from '../api/resources.ts';
import type { KubeConnection } from '../kube/connect-kube.ts';
import { startMeasure } from './measure.ts';
import type { NodesProcess } from './nodes-process.ts';
import { createNode, createPod, nodeName, writeMany } from './objects.ts';
import { idealSeconds, rounded, secondsSince } from './result.ts';
import { COMMON_DEFAULTS, type Result, type Scenario, type ScenarioOptions } from './scenario.ts';
import { startDaemons } from './start-daemons.ts';
import { hasEnded, watchJobs } from './watch-jobs.ts';
import { startWorld, type World } from './world.ts';

const JOB = { namespace: 'default', name: 'fanout' };

/** One ImagePullJob over all nodes of a fresh cluster, from its creation to its last trace. */
export const fanout: Scenario = {
  name: 'fanout',
  summary: 'one job over all nodes: makespan, writes, CPU and memory, first tag, clean-up',
  defaults: COMMON_DEFAULTS,
  run,
};

async function run(options: ScenarioOptions): Promise<Result> {
  await using world = await startWorld({ fill: connection => fill(connection, options) });
  const nodes = await startDaemons(world, options);
  const ended = await startMeasure(world);
  const { makespanSeconds, firstTagMs, uid } = await runJob(world, nodes, options);
  const { writesTotal, writes, ...cost } = await ended();
  const { mostAtOnce } = await nodes.report();
  const cleanupSeconds = await deleteJob(world, nodes);
  const ideal = idealSeconds(options);
  return {
    makespanSeconds,
    idealSeconds: ideal,
    ratio: rounded(makespanSeconds / ideal),
    writesPerNode: rounded(writesTotal / options.nodes),
    ...cost,
    firstTagMs,
    mostAtOnce: mostAtOnce[uid],
    cleanupSeconds,
    writes,
  };
}

async function fill({ client }: KubeConnection, options: ScenarioOptions): Promise<void> {
  const { pods, nodes, daemons } = options;
  // Real nodes register themselves.
  if (daemons === 'simulated') await writeMany(nodes, index => createNode(client, index));
  await writeMany(pods, index => {
    const node = nodeName(index % nodes);
    return createPod(client, { name: `pod-${index}`, app: `app-${index % 100}`, node });
  });
}

async function runJob(
  { connection }: World,
  nodes: NodesProcess,
  { parallelism }: ScenarioOptions,
): Promise<{ makespanSeconds: number; firstTagMs: number; uid: string }> {
  await using jobs = await watchJobs(connection);
  const firstTag = nodes.next('first tag').then(() => performance.now());
  const start = performance.now();
  const [firstTagAt, [ended]] = await Promise.all([
    firstTag,
    jobs.first(1, hasEnded),
    connection.client.create(IMAGE_PULL_JOBS, pullJob(parallelism)),
  ]);
  if (ended === undefined) throw new Error('no job ended');
  const { metadata, status } = ended.job;
  const { desired = 0, succeeded = 0 } = status ?? {};
  if (desired === 0 || succeeded !== desired) {
    throw new Error(`${succeeded} of ${desired} nodes succeeded: ${status?.message ?? ''}`);
  }
  return {
    makespanSeconds: rounded((ended.atMs - start) / 1000),
    firstTagMs: rounded(firstTagAt - start),
    uid: metadata.uid ?? '',
  };
}

function pullJob(parallelism: number): ImagePullJob {
  return {
    metadata: JOB,
    spec: { image: 'registry.example/app:1', parallelism, completionPolicy: { type: 'Always' } },
  };
}

async function deleteJob({ connection }: World, nodes: NodesProcess): Promise<number> {
  const gone = nodes.next('last tag gone');
  const start = performance.now();
  await Promise.all([gone, connection.client.delete(IMAGE_PULL_JOBS, JOB)]);
  return secondsSince(start);
}
