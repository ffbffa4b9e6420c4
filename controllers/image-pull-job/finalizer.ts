import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { keyOf } from '../../api/meta.ts';
import { FINALIZER_DELETION_PROTECTION } from '../../api/names.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';

/** True while the job holds something that has to be released before it goes. */
export function hasFinalizer(job: ImagePullJob): boolean {
  return job.metadata.finalizers?.includes(FINALIZER_DELETION_PROTECTION) ?? false;
}

function write(
  client: KubeClient,
  job: ImagePullJob,
  finalizers: readonly string[],
  signal: AbortSignal,
): Promise<ImagePullJob> {
  const { name, namespace = '', resourceVersion } = job.metadata;
  const body = { metadata: { resourceVersion, finalizers } };
  return client.patch(IMAGE_PULL_JOBS, { name, namespace }, { type: 'merge', body }, { signal });
}

/** Puts the finalizer on the job. A conflict means that the job changed: look again. */
export function addFinalizer(
  client: KubeClient,
  job: ImagePullJob,
  signal: AbortSignal,
): Promise<ImagePullJob> {
  const others = job.metadata.finalizers ?? [];
  return write(client, job, [...others, FINALIZER_DELETION_PROTECTION], signal);
}

/** Takes the finalizer off the job. A conflict means that the job changed: look again. */
export function removeFinalizer(
  client: KubeClient,
  job: ImagePullJob,
  signal: AbortSignal,
): Promise<ImagePullJob> {
  const others = (job.metadata.finalizers ?? []).filter(
    finalizer => finalizer !== FINALIZER_DELETION_PROTECTION,
  );
  return write(client, job, others, signal);
}

/** Asks the API server whether a job that shows the finalizer still has it. A conflict means that it has not: look again. */
export async function assertFinalizer(
  client: KubeClient,
  job: ImagePullJob,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace = '', uid } = job.metadata;
  const current = await client.get(IMAGE_PULL_JOBS, { name, namespace }, { signal });
  if (current !== undefined && current.metadata.uid === uid && hasFinalizer(current)) return;
  throw new KubeError(`the finalizer of ${keyOf(job)} is gone`, {
    status: 409,
    reason: 'Conflict',
  });
}
