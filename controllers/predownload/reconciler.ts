import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { isBeingDeleted, objectKey } from '../../api/meta.ts';
import { type SkipReason, whyNotPredownload } from '../../api/predownload-preconditions.ts';
import { type PredownloadSettings, predownloadSettings } from '../../api/predownload-settings.ts';
import type { UpdateRevision } from '../../api/update-revision.ts';
import type { Workload } from '../../api/workload.ts';
import { isLookedAt, type WorkloadKind } from '../../api/workload-kinds.ts';
import type { Reconcile, ReconcileResult } from '../../kube/controller.ts';
import type { Informer } from '../../kube/informer.ts';
import type { ControllerDeps } from '../deps.ts';
import { INDEX_OWNER_UID } from '../informers.ts';
import { predownloadFacts } from './facts.ts';
import { JobWriter } from './job-writer.ts';
import { desiredJobs } from './jobs.ts';
import { type Observation, observe, oldPodsOf, revisionNames } from './observe.ts';
import { type JobPlan, planJobs } from './plan.ts';
import { pullSecretNames } from './pull-secrets.ts';
import { RevisionTemplates } from './revisions.ts';
import { SkipReporter } from './skip-reporter.ts';
import { UpdateRevisions } from './update-revisions.ts';
import { podsOf } from './workload-pods.ts';

/** A job of a wanted name that is being deleted is looked at again this soon. */
const DELETION_RECHECK_MS = 1000;

/** With these there is nothing left to warm; with any other reason only the moment is wrong, and a job that runs goes on. */
const ENDS_JOBS: ReadonlySet<SkipReason> = new Set([
  'GateOff',
  'PredownloadNever',
  'ImageUnchanged',
]);

interface ReconcilerOptions {
  /** The feature gate. */
  readonly enabled: boolean;
  readonly kind: WorkloadKind;
  readonly workloads: Informer<Workload>;
}

/** What one reconcile works on. */
interface Turn {
  readonly workload: Workload;
  readonly owned: readonly ImagePullJob[];
  readonly settings: PredownloadSettings;
  readonly revision: UpdateRevision | undefined;
  readonly observation: Observation;
}

/** Gives a workload the ImagePullJobs its rollout needs, and says why when it needs none. */
export class PredownloadReconciler {
  readonly #options: ReconcilerOptions;
  readonly #deps: ControllerDeps;
  readonly #revisions: UpdateRevisions;
  readonly #templates: RevisionTemplates;
  readonly #writer: JobWriter;
  readonly #skips: SkipReporter;

  constructor(options: ReconcilerOptions, deps: ControllerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#revisions = new UpdateRevisions(options.kind, deps.client);
    this.#templates = new RevisionTemplates(options.kind, deps.client);
    this.#writer = new JobWriter(deps);
    this.#skips = new SkipReporter(options.kind, deps);
  }

  readonly reconcile: Reconcile = async (key, signal) => {
    const workload = this.#options.workloads.get(key);
    // The jobs of a workload that is gone go with it: it owns them.
    if (workload === undefined || isBeingDeleted(workload)) return undefined;
    const { enabled, kind } = this.#options;
    const uid = workload.metadata.uid ?? '';
    const owned = this.#deps.informers.imagePullJobs.byIndex(INDEX_OWNER_UID, uid);
    if (!isLookedAt(kind, workload)) {
      this.forget(workload);
      await this.#writer.delete(workload, owned, signal);
      return undefined;
    }
    const revision = await this.#revisions.of(workload, signal);
    const turn = {
      workload,
      owned,
      settings: predownloadSettings(workload),
      revision,
      observation: await this.#observe(workload, revision, signal),
    };
    const skip = whyNotPredownload(predownloadFacts({ ...turn, kind, enabled }));
    this.#skips.report(turn, skip);
    if (skip === undefined) return this.#warm(turn, signal);
    if (ENDS_JOBS.has(skip.reason)) await this.#writer.delete(workload, turn.owned, signal);
    return undefined;
  };

  /** Drops what is remembered about a workload that is gone. */
  forget(workload: Workload): void {
    this.#skips.forget(workload);
    this.#revisions.forget(workload);
  }

  async #observe(
    workload: Workload,
    revision: UpdateRevision | undefined,
    signal: AbortSignal,
  ): Promise<Observation> {
    const { kind } = this.#options;
    const pods = podsOf(workload, kind, this.#deps.informers.pods);
    const names = revisionNames(workload, kind, oldPodsOf({ kind, revision, pods }));
    const namespace = workload.metadata.namespace ?? '';
    const templates = await this.#templates.read(namespace, names, signal);
    return observe({ workload, kind, revision, pods, templates });
  }

  async #warm(turn: Turn, signal: AbortSignal): Promise<ReconcileResult | undefined> {
    const { workload } = turn;
    let plan = this.#plan(turn, []);
    if (plan.create.length > 0) {
      // Only a new job needs them: they cannot be changed later.
      plan = this.#plan(turn, await pullSecretNames(this.#deps.client, workload, signal));
    }
    await this.#writer.carryOut(workload, plan, signal);
    return plan.waitForDeletion ? { requeueAfterMs: DELETION_RECHECK_MS } : undefined;
  }

  #plan({ owned, observation, ...turn }: Turn, pullSecrets: readonly string[]): JobPlan {
    const { kind } = this.#options;
    const images = observation.changedImages;
    const { namespace } = turn.workload.metadata;
    return planJobs(desiredJobs({ ...turn, kind, images, pullSecrets }), owned, name =>
      this.#deps.informers.imagePullJobs.get(objectKey(name, namespace)),
    );
  }
}
