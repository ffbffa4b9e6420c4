import { isConditionTrue } from '../../api/conditions.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { keyOf } from '../../api/meta.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import type { ReconcileResult } from '../../kube/controller.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { isNotFound } from '../../kube/kube-error.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { KnownNodeImages } from '../node-image-writer/known-node-images.ts';
import type { NodeImageWriter } from '../node-image-writer/writer.ts';
import { requeueAfter } from '../requeue.ts';
import { entryState } from './entry-state.ts';
import { hasFinalizer, removeFinalizer } from './finalizer.ts';
import { releaseTag } from './keep-tag.ts';
import type { PullSecrets } from './pull-secrets.ts';
import { tagRequestOf } from './tag-request.ts';

export interface JobEndDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly known: KnownNodeImages;
  readonly writer: NodeImageWriter;
  readonly secrets: PullSecrets;
}

/** What is left to do for a job that ended or is being deleted. */
export class JobEnd {
  readonly #deps: JobEndDeps;

  constructor(deps: JobEndDeps) {
    this.#deps = deps;
  }

  /**
   * Gives the secrets back and lets the job go. Its entries are dropped node by node by the node-image controller, which also finds
   * those of jobs that went while nobody looked; so nothing here waits for a node (W20).
   */
  async release(job: ImagePullJob, signal: AbortSignal): Promise<void> {
    if (!hasFinalizer(job)) return;
    const left = await this.#deps.secrets.release(job, signal);
    if (left.length > 0) {
      this.#deps.log.warn('Left copies of pull secrets', { imagePullJob: keyOf(job), left });
    }
    try {
      await removeFinalizer(this.#deps.client, job, signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Stops what a deadline cut off, and deletes the job when its time is over. */
  async cleanUp(job: ImagePullJob, signal: AbortSignal): Promise<ReconcileResult | undefined> {
    if (isConditionTrue(job.status?.conditions, 'Failed')) await this.#stopPulls(job, signal);
    const ttlSeconds = job.spec.completionPolicy?.ttlSecondsAfterFinished;
    const endedAt = job.status?.completionTime;
    if (ttlSeconds === undefined || endedAt === undefined) return undefined;
    const leftMs = Date.parse(endedAt) + ttlSeconds * 1000 - this.#deps.clock.now();
    if (leftMs > 0) return requeueAfter(leftMs);
    const { name, namespace = '', uid = '' } = job.metadata;
    await this.#deps.client.delete(
      IMAGE_PULL_JOBS,
      { name, namespace },
      { signal, preconditions: { uid }, propagationPolicy: 'Background' },
    );
    this.#deps.log.info('Deleted ImagePullJob', { imagePullJob: keyOf(job), ttlSeconds });
    return undefined;
  }

  async #stopPulls(job: ImagePullJob, signal: AbortSignal): Promise<void> {
    const request = tagRequestOf(job);
    if (request === undefined) return;
    const { known, writer } = this.#deps;
    const pending = [...known.ownedBy(request.uid)].filter(name => {
      const nodeImage = known.get(name);
      return nodeImage && entryState(nodeImage, request, request.uid).kind === 'pending';
    });
    const change = (name: string) =>
      writer.change(name, nodeImage => releaseTag(nodeImage, request, 'pending'), signal);
    const results = await Promise.allSettled(pending.map(change));
    const failed = results.find(result => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
