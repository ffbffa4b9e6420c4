import type { ImagePullJob } from '../api/image-pull-job.ts';
import { IMAGE_PULL_JOBS } from '../api/resources.ts';
import type { KubeConnection } from '../kube/connect-kube.ts';
import { createInformer } from '../kube/create-informer.ts';
import { informerDeps } from './connection.ts';
import { totalOf, writesBetween } from './metrics-text.ts';
import type { FanoutOptions } from './options.ts';
import { usageOf } from './process-usage.ts';
import { type FanoutResult, idealSeconds, rounded } from './result.ts';
import { startWorld, type World } from './world.ts';

const JOB = { namespace: 'default', name: 'fanout' };

/** One ImagePullJob over all nodes of a fresh cluster, from its creation to its last trace. */
export async function fanout(options: FanoutOptions): Promise<FanoutResult> {
  await using world = await startWorld(options);
  const before = await usage(world);
  const { makespanSeconds, firstTagMs } = await runJob(world, options);
  const after = await usage(world);
  const cleanupSeconds = await deleteJob(world);

  const { nodes, parallelism, pullMs } = options;
  const ideal = idealSeconds(options);
  const writes = writesBetween(before.metrics, after.metrics);
  const allWrites = Object.values(writes).reduce((sum, count) => sum + count, 0);
  return {
    nodes,
    parallelism,
    pullMs,
    makespanSeconds: rounded(makespanSeconds),
    idealSeconds: ideal,
    ratio: rounded(makespanSeconds / ideal),
    writesPerNode: rounded(allWrites / nodes),
    writes,
    managerCpuSeconds: rounded(after.manager.cpuSeconds - before.manager.cpuSeconds),
    managerPeakRssMb: rounded(after.manager.peakRssMb),
    apiserverCpuSeconds: rounded(after.apiserverCpuSeconds - before.apiserverCpuSeconds),
    firstTagMs: rounded(firstTagMs),
    cleanupSeconds: rounded(cleanupSeconds),
  };
}

interface Usage {
  readonly metrics: string;
  readonly apiserverCpuSeconds: number;
  readonly manager: { readonly cpuSeconds: number; readonly peakRssMb: number };
}

async function usage(world: World): Promise<Usage> {
  const [metrics, manager] = await Promise.all([
    world.apiServerMetrics(),
    usageOf(world.managerPid),
  ]);
  return { metrics, manager, apiserverCpuSeconds: totalOf(metrics, 'process_cpu_seconds_total') };
}

async function runJob(
  { connection, daemons }: World,
  { parallelism }: FanoutOptions,
): Promise<{ makespanSeconds: number; firstTagMs: number }> {
  await using watch = await watchJob(connection);
  const firstTag = daemons.next('first tag').then(() => performance.now());
  const start = performance.now();
  const [firstTagAt, { endedAt, job }] = await Promise.all([
    firstTag,
    watch.ended,
    connection.client.create(IMAGE_PULL_JOBS, pullJob(parallelism)),
  ]);
  const { desired = 0, succeeded = 0 } = job.status ?? {};
  if (desired === 0 || succeeded !== desired) {
    throw new Error(`${succeeded} of ${desired} nodes succeeded: ${job.status?.message ?? ''}`);
  }
  return { makespanSeconds: (endedAt - start) / 1000, firstTagMs: firstTagAt - start };
}

interface JobWatch extends AsyncDisposable {
  readonly ended: Promise<{ readonly endedAt: number; readonly job: ImagePullJob }>;
}

/** Watches the jobs of the cluster, of which there is one. */
async function watchJob(connection: KubeConnection): Promise<JobWatch> {
  const informer = createInformer({ resource: IMAGE_PULL_JOBS }, informerDeps('bench', connection));
  const ended = new Promise<{ endedAt: number; job: ImagePullJob }>(resolve => {
    informer.onChange(({ object: job }) => {
      if (job.status?.completionTime) resolve({ endedAt: performance.now(), job });
    });
  });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  await informer.synced();
  return {
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

function pullJob(parallelism: number): ImagePullJob {
  return {
    metadata: JOB,
    spec: { image: 'registry.example/app:1', parallelism, completionPolicy: { type: 'Always' } },
  };
}

async function deleteJob({ connection, daemons }: World): Promise<number> {
  const gone = daemons.next('last tag gone');
  const start = performance.now();
  await Promise.all([gone, connection.client.delete(IMAGE_PULL_JOBS, JOB)]);
  return (performance.now() - start) / 1000;
}
