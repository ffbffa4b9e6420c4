import { defaultImagePullJob } from '../../api/default-image-pull-job.ts';
import type { ImagePullJob, ImagePullJobStatus } from '../../api/image-pull-job.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import { HeadstartError } from '../../runtime/errors.ts';
import type { Backend } from '../../sim/api-server/backend.ts';
import type { Recorder } from './recorder.ts';
import type { Scenario } from './scenario.ts';
import { createSimulatedCluster, type SimulatedCluster } from './simulated-cluster.ts';
import { NEW_IMAGE } from './simulated-images.ts';

/** What came of a simulation. */
export interface Simulation {
  readonly scenario: Scenario;
  /** From the creation of the job to its end. */
  readonly makespanMs: number;
  /** Of the job at its end. */
  readonly status: ImagePullJobStatus;
  readonly recorder: Recorder;
}

const JOBS = 'imagepulljobs.apps.kruise.io';
const NODE_IMAGES = 'nodeimages.apps.kruise.io';

/** Runs one job through the real controllers and daemons. Rejects with the signal's reason when that aborts. */
export async function simulate(scenario: Scenario, signal: AbortSignal): Promise<Simulation> {
  const cluster = await createSimulatedCluster(scenario);
  const { clock, backend, admin, recorder, parts } = cluster;
  // A signal each: to add a listener to one takes the longer the more it has.
  const stops = parts.map(() => new AbortController());
  const running = new Work(parts.map((part, i) => part.run(stops[i]?.signal ?? signal)));
  try {
    const isReady = (): boolean => backend.store.collection(NODE_IMAGES).size === scenario.nodes;
    await pass(cluster, () => running.hasEnded || isReady(), signal);
    const ended = endOfJob(backend);
    recorder.start();
    await admin.create(IMAGE_PULL_JOBS, jobOf(scenario));
    await pass(cluster, () => running.hasEnded || ended() !== undefined, signal);
    const status = ended();
    if (status === undefined) throw running.failure;
    const makespanMs = recorder.nowMs;
    recorder.stop();
    return { scenario, makespanMs, status, recorder };
  } finally {
    for (const stop of stops) stop.abort();
    await clock.runUntil(() => running.hasEnded);
  }
}

/** Something that ends sometime. */
class Work {
  hasEnded = false;
  failure: unknown = new HeadstartError('INTERNAL', 'a part of the simulation ended early');

  constructor(parts: readonly Promise<void>[]) {
    Promise.all(parts)
      .catch((error: unknown) => {
        this.failure = error;
      })
      .finally(() => {
        this.hasEnded = true;
      });
  }
}

async function pass(
  { clock }: SimulatedCluster,
  isDone: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  if (await clock.runUntil(isDone, signal)) return;
  throw new HeadstartError('INTERNAL', 'nothing moved any more in the simulation');
}

/** Tells the status of the job once it has ended. */
function endOfJob({ store }: Backend): () => ImagePullJobStatus | undefined {
  let status: ImagePullJobStatus | undefined;
  store.onCommit((resource, { object }) => {
    if (resource !== JOBS) return;
    const told = (object as unknown as ImagePullJob).status;
    if (told?.completionTime !== undefined) status = told;
  });
  return () => status;
}

function jobOf({ parallelism, pullTimeoutMs }: Scenario): ImagePullJob {
  const job = {
    metadata: { namespace: 'default', name: 'warm' },
    spec: {
      image: NEW_IMAGE,
      parallelism,
      pullPolicy: { timeoutSeconds: Math.round(pullTimeoutMs / 1000) },
      completionPolicy: { type: 'Always' },
    },
  };
  // As our webhook does it.
  return defaultImagePullJob(job) as ImagePullJob;
}
