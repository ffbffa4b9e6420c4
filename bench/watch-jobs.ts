import type { ImagePullJob } from '../api/image-pull-job.ts';
import { keyOf } from '../api/meta.ts';
import { IMAGE_PULL_JOBS } from '../api/resources.ts';
import type { KubeConnection } from '../kube/connect-kube.ts';
import { createInformer } from '../kube/create-informer.ts';
import { informerDeps } from './connection.ts';

/** A job, and when it was first seen as it was asked for, by performance.now(). */
export interface Sighting {
  readonly atMs: number;
  readonly job: ImagePullJob;
}

export type JobTest = (job: ImagePullJob) => boolean;

/** Watches all jobs of a cluster. */
export interface JobWatch extends AsyncDisposable {
  /** Resolves when so many jobs have passed `test` at some time. */
  first(count: number, test: JobTest): Promise<readonly Sighting[]>;
}

/** True when the job is over. */
export const hasEnded: JobTest = ({ status }) => status?.completionTime !== undefined;

/** Starts to watch; what happened before counts, too. */
export async function watchJobs(connection: KubeConnection): Promise<JobWatch> {
  const informer = createInformer({ resource: IMAGE_PULL_JOBS }, informerDeps('bench', connection));
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  await informer.synced();
  return {
    first: (count, test) =>
      new Promise(resolve => {
        const seen = new Map<string, Sighting>();
        informer.onChange(({ type, object: job }) => {
          const key = job.metadata.uid ?? keyOf(job);
          if (type === 'deleted' || seen.has(key) || !test(job)) return;
          seen.set(key, { atMs: performance.now(), job });
          if (seen.size === count) resolve([...seen.values()]);
        });
      }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
