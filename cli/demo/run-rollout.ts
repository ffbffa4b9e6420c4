import type { Pod } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { isBeingDeleted } from '../../api/meta.ts';
import { CLONE_SETS, IMAGE_PULL_JOBS, PODS } from '../../api/resources.ts';
import { createInformer } from '../../kube/create-informer.ts';
import type { Informer } from '../../kube/informer.ts';
import { systemClock as clock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import type { EmbeddedCluster } from '../embedded/embedded-cluster.ts';
import type { Display, Progress } from './display.ts';
import { DownTimes, isReady } from './readiness.ts';
import { demoCloneSet, NEW_IMAGE, OLD_IMAGE, type Scenario } from './scenario.ts';
import type { RolloutMeasure } from './table.ts';

/** How often the progress is looked at. */
const LOOK_MS = 100;

interface Views {
  readonly pods: Informer<Pod>;
  readonly jobs: Informer<ImagePullJob>;
}

/** Runs one rollout: applies the CloneSet, waits until it is up, changes its image, and measures until every pod runs the new one. */
export async function runRollout(
  cluster: EmbeddedCluster,
  run: { readonly scenario: Scenario; readonly predownload: boolean; readonly display: Display },
  signal: AbortSignal,
): Promise<RolloutMeasure> {
  const { scenario, predownload, display } = run;
  const { client } = cluster;
  const watching = new AbortController();
  const views = watch(cluster, AbortSignal.any([signal, watching.signal]));
  try {
    await client.create(CLONE_SETS, demoCloneSet(scenario, predownload), { signal });
    await until(() => readyOn(views, OLD_IMAGE) === scenario.replicas, signal);
    const downTimes = new DownTimes(clock);
    views.pods.onChange(change => downTimes.see(change));
    const start = clock.monotonicMs();
    await patchImage(cluster, signal);
    await until(() => {
      display.update(progressOf(views, scenario));
      return readyOn(views, NEW_IMAGE) === scenario.replicas;
    }, signal);
    return {
      rolloutSeconds: (clock.monotonicMs() - start) / 1000,
      podsThatPulled: cluster.nodes
        .flatMap(({ kubeletPulls }) => kubeletPulls)
        .filter(image => image === NEW_IMAGE).length,
      downSeconds: downTimes.seconds,
    };
  } finally {
    watching.abort();
  }
}

function watch({ client }: EmbeddedCluster, signal: AbortSignal): Views {
  const deps = { client, clock, log: silentLogger, metrics: noMetrics, random: Math.random };
  const pods = createInformer<Pod>({ resource: PODS }, deps);
  const jobs = createInformer<ImagePullJob>({ resource: IMAGE_PULL_JOBS }, deps);
  // They end, without a failure, when the signal aborts.
  void Promise.allSettled([pods.run(signal), jobs.run(signal)]);
  return { pods, jobs };
}

async function patchImage({ client }: EmbeddedCluster, signal: AbortSignal): Promise<void> {
  const operations = [
    { op: 'replace', path: '/spec/template/spec/containers/0/image', value: NEW_IMAGE },
  ] as const;
  const name = { namespace: 'default', name: 'web' };
  await client.patch(CLONE_SETS, name, { type: 'json', operations }, { signal });
}

function readyOn({ pods }: Views, image: string): number {
  const runs = (pod: Pod): boolean => pod.spec?.containers?.[0]?.image === image;
  return [...pods.list()].filter(pod => !isBeingDeleted(pod) && runs(pod) && isReady(pod)).length;
}

function progressOf(views: Views, { replicas, nodes }: Scenario): Progress {
  const [job] = [...views.jobs.list()];
  return {
    warmed: job === undefined ? undefined : (job.status?.succeeded ?? 0),
    targets: job?.status?.desired ?? nodes,
    updated: readyOn(views, NEW_IMAGE),
    replicas,
  };
}

async function until(isDone: () => boolean, signal: AbortSignal): Promise<void> {
  while (!isDone()) await clock.sleep(LOOK_MS, signal);
}
