import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { controllerOf, keyOf } from '../../api/meta.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import { isAlreadyExists, isInvalid, isNotFound } from '../../kube/kube-error.ts';
import { describeError, TerminalError } from '../../runtime/errors.ts';
import type { Counter } from '../../runtime/metrics.ts';
import type { ControllerDeps } from '../deps.ts';
import type { JobPlan } from './plan.ts';

/** Carries out a {@link JobPlan} and tells the workload about it in Events. */
export class JobWriter {
  readonly #deps: ControllerDeps;
  readonly #created: Counter;

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
    this.#created = deps.metrics.counter({
      name: 'headstart_predownload_jobs_created_total',
      help: 'ImagePullJobs made for rollouts.',
      labelNames: ['kind'],
    });
  }

  /** Old jobs go first, so that they free their slots for the new ones. */
  async carryOut(workload: Workload, plan: JobPlan, signal: AbortSignal): Promise<void> {
    for (const job of plan.taken) this.#reportTaken(workload, job);
    await this.delete(workload, plan.delete, signal);
    for (const { job, body } of plan.patch) {
      await this.#deps.client.patch(
        IMAGE_PULL_JOBS,
        job.metadata,
        { type: 'merge', body },
        { signal },
      );
      this.#deps.log.info('Updated ImagePullJob', {
        workload: keyOf(workload),
        imagePullJob: keyOf(job),
      });
    }
    for (const job of plan.create) await this.#create(workload, job, signal);
  }

  /** Deletes jobs that the workload no longer needs. */
  async delete(
    workload: Workload,
    jobs: readonly ImagePullJob[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const job of jobs) {
      const { uid } = job.metadata;
      const preconditions = uid === undefined ? {} : { preconditions: { uid } };
      const existed = await this.#deps.client
        .delete(IMAGE_PULL_JOBS, job.metadata, {
          signal,
          propagationPolicy: 'Background',
          ...preconditions,
        })
        .catch((error: unknown) => {
          if (isNotFound(error)) return false;
          throw error;
        });
      if (!existed) continue;
      this.#deps.log.info('Deleted ImagePullJob', {
        workload: keyOf(workload),
        imagePullJob: keyOf(job),
      });
    }
  }

  async #create(workload: Workload, job: ImagePullJob, signal: AbortSignal): Promise<void> {
    const fields = { workload: keyOf(workload), imagePullJob: keyOf(job), image: job.spec.image };
    try {
      await this.#deps.client.create(IMAGE_PULL_JOBS, job, { signal });
    } catch (error) {
      // The cache has not shown it yet; the watch brings it and with it the next look.
      if (isAlreadyExists(error)) return;
      this.#reportFailure(workload, job, error);
      throw isInvalid(error)
        ? new TerminalError('the API server rejected the job', { cause: error })
        : error;
    }
    this.#created.inc({ kind: controllerOf(job)?.kind ?? '' });
    this.#deps.log.info('Created ImagePullJob', fields);
    this.#deps.events.event(workload, {
      type: 'Normal',
      reason: 'CreatedImagePullJob',
      message: `created ImagePullJob ${job.metadata.name} for image ${job.spec.image}`,
    });
  }

  #reportFailure(workload: Workload, job: ImagePullJob, error: unknown): void {
    this.#deps.events.event(workload, {
      type: 'Warning',
      reason: 'FailedCreateImagePullJob',
      message: `failed to create ImagePullJob ${job.metadata.name} for image ${job.spec.image}: ${describeError(error)}`,
    });
  }

  #reportTaken(workload: Workload, job: ImagePullJob): void {
    this.#deps.events.event(workload, {
      type: 'Warning',
      reason: 'ImagePullJobNameTaken',
      message: `ImagePullJob ${job.metadata.name} exists and does not belong to this workload: delete or rename it, its image is not warmed`,
      once: job.metadata.uid ?? job.metadata.name,
    });
  }
}
