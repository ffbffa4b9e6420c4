import { renderFieldErrors } from '../../api/field-error.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { isBeingDeleted, keyOf, type ObjectKey } from '../../api/meta.ts';
import { validateImagePullJob } from '../../api/validate-image-pull-job.ts';
import type { ReconcileResult } from '../../kube/controller.ts';
import type { Lister } from '../../kube/informer.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { isFinished, lastsAsLongAsItsRollout } from '../job-life.ts';
import type { RegistryBudget } from '../registry-budget/registry-budget.ts';
import { requeueAfter } from '../requeue.ts';
import type { JobAdvance } from './advance.ts';
import { addFinalizer, assertFinalizer, hasFinalizer } from './finalizer.ts';
import type { JobEnd } from './job-end.ts';
import type { JobMetrics } from './job-metrics.ts';
import { deadlineMsOf, type JobReport } from './job-report.ts';
import type { JobViews, OpenJob } from './job-views.ts';
import { needsMirrors } from './mirrored-secret.ts';
import type { PullSecrets } from './pull-secrets.ts';
import { tagRequestOf } from './tag-request.ts';

/** How often the sources of pull secrets are read again while they may still matter. */
const SECRETS_EVERY_MS = 30_000;

export interface ImagePullJobReconcilerDeps {
  readonly client: KubeClient;
  readonly jobs: Lister<ImagePullJob>;
  readonly views: JobViews;
  readonly advance: JobAdvance;
  readonly budget: RegistryBudget;
  readonly end: JobEnd;
  readonly secrets: PullSecrets;
  readonly report: JobReport;
  readonly metrics: JobMetrics;
  readonly clock: Clock;
}

/** Brings the image of a job to its nodes, and says in the status how far that is. */
export class ImagePullJobReconciler {
  readonly #enabled: boolean;
  readonly #deps: ImagePullJobReconcilerDeps;

  constructor(options: { readonly enabled: boolean }, deps: ImagePullJobReconcilerDeps) {
    this.#enabled = options.enabled;
    this.#deps = deps;
  }

  /** One look at the job. */
  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<ReconcileResult | undefined> {
    try {
      return await this.#look(key, signal);
    } catch (error) {
      // What is kept for it would lie idle until it is tried again.
      this.#deps.budget.withdraw(key);
      throw error;
    }
  }

  async #look(key: ObjectKey, signal: AbortSignal): Promise<ReconcileResult | undefined> {
    const cached = this.#deps.jobs.get(key);
    if (cached === undefined) return this.#forget(key);
    const job = this.#deps.views.latest(cached);
    if (isBeingDeleted(job)) {
      this.#forget(key);
      await this.#deps.end.release(job, signal);
      return undefined;
    }
    if (!this.#enabled) return undefined;
    if (isFinished(job) && !this.#opensAgain(job)) return this.#finish(job, cached, signal);
    return this.#run(job, signal);
  }

  #forget(key: ObjectKey): undefined {
    this.#deps.views.close(key);
    this.#deps.budget.withdraw(key);
    this.#deps.metrics.gone(key);
  }

  #close(key: ObjectKey): undefined {
    this.#deps.views.close(key);
    this.#deps.budget.withdraw(key);
    this.#deps.metrics.hide(key);
  }

  async #finish(
    job: ImagePullJob,
    cached: ImagePullJob,
    signal: AbortSignal,
  ): Promise<ReconcileResult | undefined> {
    this.#deps.budget.withdraw(keyOf(job));
    const open = this.#deps.views.get(keyOf(job));
    if (open !== undefined) delete open.secrets;
    // Before the cache shows the end, the view is what knows of it.
    if (isFinished(cached) && !lastsAsLongAsItsRollout(job)) this.#close(keyOf(job));
    await this.#deps.end.release(job, signal);
    await this.#deps.report.acknowledge(job, signal);
    return this.#deps.end.cleanUp(job, signal);
  }

  /** A job of a rollout that ended well is opened by another cold node. */
  #opensAgain(job: ImagePullJob): boolean {
    if (!lastsAsLongAsItsRollout(job) || problemOf(job) !== undefined) return false;
    const overdue = job.status?.conditions?.some(({ reason }) => reason === 'DeadlineExceeded');
    const open = overdue === true ? undefined : this.#open(job);
    if (open === undefined) return false;
    open.view.refresh(this.#deps.clock.now());
    const { active, waiting, unavailable, leaving } = open.view.progress.counts;
    return active + waiting + unavailable + leaving > 0;
  }

  #open(job: ImagePullJob): OpenJob | undefined {
    const known = this.#deps.views.get(keyOf(job));
    if (known !== undefined && this.#isUnchanged(known, job)) return known;
    const request = tagRequestOf(job);
    if (request === undefined) return undefined;
    return this.#deps.views.open(job, request, this.#deps.clock.now());
  }

  #isUnchanged({ view, generation }: OpenJob, { metadata }: ImagePullJob): boolean {
    return view.uid === metadata.uid && generation === metadata.generation;
  }

  async #run(found: ImagePullJob, signal: AbortSignal): Promise<ReconcileResult | undefined> {
    const known = this.#deps.views.get(keyOf(found));
    const unchanged = known !== undefined && this.#isUnchanged(known, found);
    const problem = unchanged ? undefined : problemOf(found);
    const open = problem === undefined ? this.#open(found) : undefined;
    if (open === undefined)
      return this.#refuse(found, problem ?? 'spec.image: is no image', signal);
    const job = await this.#protect(found, open, signal);
    await this.#claimSecrets(job, open, signal);
    this.#deps.advance.step(job, open.view, signal);
    this.#deps.metrics.show(keyOf(job), open.view.progress.counts);
    const statusDueMs = await this.#deps.report.report(job, open, signal);
    const nowMs = this.#deps.clock.now();
    return requeueAfter(
      statusDueMs,
      open.view.nextCheckMs(nowMs) - nowMs,
      untilDeadline(job, this.#deps.clock),
      this.#secretsDueMs(job, open),
    );
  }

  async #refuse(job: ImagePullJob, problem: string, signal: AbortSignal): Promise<undefined> {
    await this.#deps.report.refuse(job, problem, signal);
    this.#close(keyOf(job));
  }

  /**
   * Only by the finalizer are the copies of secrets found again, so it stands before they are made. A cache may show one that went when the
   * leader before ended the job.
   */
  async #protect(job: ImagePullJob, open: OpenJob, signal: AbortSignal): Promise<ImagePullJob> {
    if (!needsMirrors(job)) return job;
    const { client, jobs, views } = this.#deps;
    if (!hasFinalizer(job)) {
      const cached = jobs.get(keyOf(job));
      const written = await addFinalizer(client, job, signal);
      views.wrote(written, cached);
      return written;
    }
    if (open.secrets === undefined) await assertFinalizer(client, job, signal);
    return job;
  }

  async #claimSecrets(job: ImagePullJob, open: OpenJob, signal: AbortSignal): Promise<void> {
    if (this.#secretsDueMs(job, open) > 0) return;
    const state = await this.#deps.secrets.claim(job, signal);
    open.secrets = { state, checkedAtMs: this.#deps.clock.monotonicMs() };
    open.view.secretsUpdated(state.updatedAtMs);
  }

  /** How long the secrets may be left alone: as long as no target is to start or to be tried again, for good. */
  #secretsDueMs(job: ImagePullJob, { secrets, view }: OpenJob): number {
    if (!needsMirrors(job)) return Number.POSITIVE_INFINITY;
    if (secrets === undefined) return 0;
    const { waiting, unavailable, failed } = view.progress.counts;
    const matters = waiting + unavailable + failed + secrets.state.problems.length > 0;
    if (!matters) return Number.POSITIVE_INFINITY;
    return Math.max(0, secrets.checkedAtMs + SECRETS_EVERY_MS - this.#deps.clock.monotonicMs());
  }
}

function untilDeadline(job: ImagePullJob, clock: Clock): number {
  const leftMs = deadlineMsOf(job, clock) - clock.now();
  return leftMs > 0 ? leftMs : Number.POSITIVE_INFINITY;
}

/** What is wrong with a spec that came around webhooks and schema. */
function problemOf(job: ImagePullJob): string | undefined {
  const { errors } = validateImagePullJob(job);
  return errors.length === 0 ? undefined : renderFieldErrors(errors);
}
