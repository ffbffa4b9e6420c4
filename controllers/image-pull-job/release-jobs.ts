import { objectKey } from '../../api/meta.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { isConflict, isNotFound } from '../../kube/kube-error.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Informers } from '../informers.ts';
import { hasFinalizer, removeFinalizer } from './finalizer.ts';

/**
 * Takes our finalizer off every job, for a manager that goes for good: else the jobs, their namespaces and their definition could not
 * be deleted any more. A manager that comes back puts it on again, and drops by UID what jobs held that went meanwhile.
 */
export async function releaseJobs(
  { imagePullJobs }: Pick<Informers, 'imagePullJobs'>,
  { client, log }: { readonly client: KubeClient; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  for (const { metadata } of [...imagePullJobs.list()].filter(hasFinalizer)) {
    const { name, namespace = '' } = metadata;
    const job = await client.get(IMAGE_PULL_JOBS, { name, namespace }, { signal });
    if (job === undefined || !hasFinalizer(job)) continue;
    try {
      await removeFinalizer(client, job, signal);
      log.info('ImagePullJob released', { job: objectKey(name, namespace) });
    } catch (error) {
      // The other replica is at it, too.
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }
}
