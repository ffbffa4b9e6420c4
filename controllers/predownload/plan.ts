import { isDeepStrictEqual } from 'node:util';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { controllerOf, isBeingDeleted } from '../../api/meta.ts';
import { ANNOTATION_UPDATES_AT_ONCE, LABEL_REVISION } from '../../api/names.ts';

/** What must be written so that a workload has exactly the jobs it should have. */
export interface JobPlan {
  readonly create: readonly ImagePullJob[];
  /** Merge patches of jobs whose settings or revision moved on. */
  readonly patch: readonly { readonly job: ImagePullJob; readonly body: unknown }[];
  /** Jobs of an older image, and the ones of a finished rollout (W11). */
  readonly delete: readonly ImagePullJob[];
  /** Names that somebody else's job holds: reported, never trusted (W8). */
  readonly taken: readonly ImagePullJob[];
  /** True when a job of a wanted name is still going away; look again soon. */
  readonly waitForDeletion: boolean;
}

/** Compares the jobs a workload should have with what exists. `find` looks a job up by name, whoever owns it. */
export function planJobs(
  desired: readonly ImagePullJob[],
  owned: readonly ImagePullJob[],
  find: (name: string) => ImagePullJob | undefined,
): JobPlan {
  const wanted = new Set(desired.map(job => job.metadata.name));
  const existing = desired.map(job => ({ job, found: find(job.metadata.name) }));
  const isOurs = (job: ImagePullJob, found: ImagePullJob): boolean =>
    controllerOf(found)?.uid === controllerOf(job)?.uid;
  const ours = existing.flatMap(({ job, found }) =>
    found !== undefined && isOurs(job, found) && !isBeingDeleted(found) ? [{ job, found }] : [],
  );
  return {
    create: existing.filter(({ found }) => found === undefined).map(({ job }) => job),
    patch: ours.flatMap(({ job, found }) => {
      const body = settingsPatch(job, found);
      return body === undefined ? [] : [{ job: found, body }];
    }),
    delete: owned.filter(job => !wanted.has(job.metadata.name) && !isBeingDeleted(job)),
    taken: existing.flatMap(({ job, found }) =>
      found !== undefined && !isOurs(job, found) ? [found] : [],
    ),
    waitForDeletion: existing.some(({ found }) => found !== undefined && isBeingDeleted(found)),
  };
}

/** The merge patch that brings `found` up to the settings of `job`, or undefined when they agree. */
function settingsPatch(job: ImagePullJob, found: ImagePullJob): unknown {
  const wanted = { ...settingsOf(job), ...(isNamed(job) ? {} : whatANameDecides(found)) };
  const { revision, annotations, ...spec } = wanted;
  if (isDeepStrictEqual(wanted, { ...settingsOf(found), annotations })) return undefined;
  const metadata = {
    labels: { [LABEL_REVISION]: revision ?? null },
    annotations: { [ANNOTATION_UPDATES_AT_ONCE]: null, ...annotations },
  };
  return { metadata, spec };
}

/** The part of a job that may change while it runs. */
function settingsOf(job: ImagePullJob) {
  return {
    ...whatANameDecides(job),
    annotations: job.metadata.annotations ?? {},
    parallelism: job.spec.parallelism,
    pullPolicy: { timeoutSeconds: job.spec.pullPolicy?.timeoutSeconds },
  };
}

/**
 * While the workload's controller has not named the revision, these stay as they are: the selector would otherwise fall back to all
 * pods at every change of the workload, and narrow again a moment later.
 */
function whatANameDecides(job: ImagePullJob) {
  return { revision: job.metadata.labels?.[LABEL_REVISION], podSelector: job.spec.podSelector };
}

function isNamed(job: ImagePullJob): boolean {
  return job.metadata.labels?.[LABEL_REVISION] !== undefined;
}
