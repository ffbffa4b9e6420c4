import { isDeepStrictEqual } from 'node:util';
import { findCondition } from '../../api/conditions.ts';
import { renderFieldErrors } from '../../api/field-error.ts';
import type { ImageListPullJob, ImageListPullJobStatus } from '../../api/image-list-pull-job.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { isBeingDeleted, keyOf } from '../../api/meta.ts';
import { IMAGE_LIST_PULL_JOBS, IMAGE_PULL_JOBS } from '../../api/resources.ts';
import { validateImageListPullJob } from '../../api/validate-image-list-pull-job.ts';
import type { Reconcile, ReconcileResult } from '../../kube/controller.ts';
import { isAlreadyExists } from '../../kube/kube-error.ts';
import { timestamp } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/errors.ts';
import { Semaphore } from '../../runtime/semaphore.ts';
import type { ControllerDeps } from '../deps.ts';
import { INDEX_OWNER_UID } from '../informers.ts';
import { planChildren } from './children.ts';
import { invalidListStatus, listStatus, seenListStatus } from './status.ts';

/** Children written at once: a list of 255 images must not take the API server by storm. */
const WRITES_AT_ONCE = 8;

/** Keeps one ImagePullJob for each image of a list, and counts how they fare. */
export class ImageListPullJobReconciler {
  readonly #deps: ControllerDeps;
  readonly #writes: Semaphore;

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
    this.#writes = new Semaphore({ name: 'list-job-children', limit: WRITES_AT_ONCE }, deps);
  }

  readonly reconcile: Reconcile = async (key, signal) => {
    const list = this.#deps.informers.imageListPullJobs.get(key);
    // A list that is going makes nothing any more (W24); its children go with it.
    if (list === undefined || isBeingDeleted(list)) return undefined;
    if (list.status?.completionTime !== undefined) return this.#finish(list, signal);
    const { errors } = validateImageListPullJob(list);
    if (errors.length > 0) return this.#refuse(list, renderFieldErrors(errors), signal);
    const owned = this.#deps.informers.imagePullJobs.byIndex(
      INDEX_OWNER_UID,
      list.metadata.uid ?? '',
    );
    const plan = planChildren(list, owned);
    await this.#each(plan.create, signal, child => this.#create(list, child, signal));
    await this.#each(plan.remove, signal, child => this.#remove(list, child, signal));
    await this.#each(plan.unlimit, signal, child => this.#unlimit(child, signal));
    const status = listStatus(list, plan.current, timestamp(this.#deps.clock));
    await this.#writeStatus(list, status, signal);
    return undefined;
  };

  async #each(
    jobs: readonly ImagePullJob[],
    signal: AbortSignal,
    write: (job: ImagePullJob) => Promise<void>,
  ): Promise<void> {
    const results = await Promise.allSettled(
      jobs.map(job => this.#writes.run(signal, () => write(job))),
    );
    const failed = results.find(result => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #create(list: ImageListPullJob, child: ImagePullJob, signal: AbortSignal): Promise<void> {
    const fields = {
      imageListPullJob: keyOf(list),
      imagePullJob: keyOf(child),
      image: child.spec.image,
    };
    try {
      await this.#deps.client.create(IMAGE_PULL_JOBS, child, { signal });
    } catch (error) {
      // The cache has not shown it yet: its name says that it is this child.
      if (isAlreadyExists(error)) return;
      this.#deps.events.event(list, {
        type: 'Warning',
        reason: 'FailedCreateImagePullJob',
        message: `failed to create ImagePullJob ${child.metadata.name} for image ${child.spec.image}: ${describeError(error)}`,
      });
      throw error;
    }
    this.#deps.log.info('Created ImagePullJob', fields);
    this.#deps.events.event(list, {
      type: 'Normal',
      reason: 'CreatedImagePullJob',
      message: `created ImagePullJob ${child.metadata.name} for image ${child.spec.image}`,
    });
  }

  async #remove(list: ImageListPullJob, child: ImagePullJob, signal: AbortSignal): Promise<void> {
    const { uid } = child.metadata;
    const preconditions = uid === undefined ? {} : { preconditions: { uid } };
    await this.#deps.client.delete(IMAGE_PULL_JOBS, child.metadata, { signal, ...preconditions });
    this.#deps.log.info('Deleted ImagePullJob', {
      imageListPullJob: keyOf(list),
      imagePullJob: keyOf(child),
    });
  }

  /** Its hash stays: the TTL does not say what is pulled. */
  async #unlimit(child: ImagePullJob, signal: AbortSignal): Promise<void> {
    const { uid } = child.metadata;
    const body = {
      metadata: uid === undefined ? {} : { uid },
      spec: { completionPolicy: { ttlSecondsAfterFinished: null } },
    };
    await this.#deps.client.patch(
      IMAGE_PULL_JOBS,
      child.metadata,
      { type: 'merge', body },
      { signal },
    );
  }

  async #refuse(list: ImageListPullJob, problem: string, signal: AbortSignal): Promise<undefined> {
    const status = invalidListStatus(list, problem, timestamp(this.#deps.clock));
    await this.#writeStatus(list, status, signal);
  }

  /** Guarded: neither another list of the name nor one that ended meanwhile may get it. */
  async #writeStatus(
    list: ImageListPullJob,
    status: ImageListPullJobStatus,
    signal: AbortSignal,
  ): Promise<void> {
    if (isDeepStrictEqual(status, list.status)) return;
    const { uid, resourceVersion } = list.metadata;
    const failedImageStatuses = status.failedImageStatuses ?? null;
    const body = { metadata: { uid, resourceVersion }, status: { ...status, failedImageStatuses } };
    await this.#deps.client.patch(
      IMAGE_LIST_PULL_JOBS,
      list.metadata,
      { type: 'merge', body },
      { subresource: 'status', signal },
    );
    const ended = status.completionTime !== undefined && list.status?.completionTime === undefined;
    if (ended) this.#sayEnd(list, status);
  }

  #sayEnd(list: ImageListPullJob, status: ImageListPullJobStatus): void {
    const { conditions, desired, succeeded } = status;
    const failed = findCondition(conditions, 'Failed');
    const message = failed?.message ?? '';
    const fields = { imageListPullJob: keyOf(list), desired, succeeded };
    const isFailed = failed?.status === 'True';
    if (isFailed) {
      this.#deps.log.warn('ImageListPullJob failed', { ...fields, reason: failed.reason });
    } else this.#deps.log.info('Completed ImageListPullJob', fields);
    this.#deps.events.event(list, {
      type: isFailed ? 'Warning' : 'Normal',
      reason: isFailed ? 'JobFailed' : 'JobCompleted',
      message,
      once: 'end',
    });
  }

  async #finish(list: ImageListPullJob, signal: AbortSignal): Promise<ReconcileResult | undefined> {
    const seen = seenListStatus(list);
    if (seen !== undefined) await this.#writeStatus(list, seen, signal);
    return this.#expire(list, signal);
  }

  async #expire(list: ImageListPullJob, signal: AbortSignal): Promise<ReconcileResult | undefined> {
    const ttl = list.spec.completionPolicy.ttlSecondsAfterFinished;
    const { uid } = list.metadata;
    if (ttl === undefined || uid === undefined) return undefined;
    const ended = Date.parse(list.status?.completionTime ?? '');
    const leftMs = ended + ttl * 1000 - this.#deps.clock.now();
    if (leftMs > 0) return { requeueAfterMs: leftMs };
    await this.#deps.client.delete(IMAGE_LIST_PULL_JOBS, list.metadata, {
      signal,
      preconditions: { uid },
      propagationPolicy: 'Background',
    });
    this.#deps.log.info('Deleted ImageListPullJob', {
      imageListPullJob: keyOf(list),
      ttlSeconds: ttl,
    });
    return undefined;
  }
}
