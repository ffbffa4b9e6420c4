import type { ImageListPullJob } from '../../api/image-list-pull-job.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { controllerOf } from '../../api/meta.ts';
import { standingOf, statusOf } from './standing.ts';
import { targetsOf, unavailableSince } from './targets.ts';
import type { Truth } from './truth.ts';

/** A Never job may pull again after so long. */
export const REPULL_MS = 24 * 3_600_000 - 600_000;
/** A day, ten minutes either way, and some for the pull itself. */
const LONGEST_DAY_MS = (24 * 60 + 10 + 5) * 60_000;
/** Between the end of a time and what follows from it. */
const SOON_MS = 5_000;

const isOver = ({ status }: ImagePullJob): boolean => status?.completionTime !== undefined;

function expiryMs({ spec, status }: ImagePullJob): number {
  const ttlSeconds = spec.completionPolicy.ttlSecondsAfterFinished ?? Number.POSITIVE_INFINITY;
  return (Date.parse(status?.completionTime ?? '') || 0) + ttlSeconds * 1000;
}

/** Whether the manager may delete a job that nobody else controls. */
export function mayExpire(job: ImagePullJob, nowMs: number): boolean {
  return isOver(job) && expiryMs(job) <= nowMs;
}

/** Jobs that outlive their TTL, and lists that do not have or count what they should. */
export function lifetimeProblems(truth: Truth, nowMs: number): readonly string[] {
  const jobs = [...truth.jobs.values()];
  const expired = jobs
    .filter(job => isOver(job) && expiryMs(job) + SOON_MS < nowMs)
    .map(({ metadata }) => `job ${metadata.name} outlives its TTL`);
  const lists = [...truth.lists.values()].filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && status?.completionTime === undefined,
  );
  return [...expired, ...lists.flatMap(list => listProblems(list, jobs))];
}

function listProblems(list: ImageListPullJob, jobs: readonly ImagePullJob[]): readonly string[] {
  const { name, uid } = list.metadata;
  const children = jobs.filter(({ metadata }) => controllerOf({ metadata })?.uid === uid);
  const [has, wants] = [
    children
      .map(({ spec }) => spec.image)
      .sort()
      .join(' '),
    list.spec.images.toSorted().join(' '),
  ];
  if (has !== wants) return [`list ${name} has jobs for ${has}, not for ${wants}`];
  const parallelism = children.filter(({ spec }) => spec.parallelism !== list.spec.parallelism);
  if (parallelism.length > 0) return [`list ${name} has jobs of an older template`];
  const [found, wanted] = [
    summaryOf(list.status ?? {}),
    summaryOf({
      desired: children.length,
      active: children.filter(({ status }) => (status?.active ?? 0) > 0).length,
      completed: children.filter(isOver).length,
      succeeded: children.filter(job => isOver(job) && job.status?.failed === 0).length,
    }),
  ];
  return found === wanted ? [] : [`list ${name} counts ${found}; a recount ${wanted}`];
}

type Counts = Partial<Record<'desired' | 'active' | 'completed' | 'succeeded', number>>;

const summaryOf = ({ desired = 0, active = 0, completed = 0, succeeded = 0 }: Counts): string =>
  `${desired} desired, ${active} active, ${completed} completed, ${succeeded} succeeded`;

/** Targets of Never jobs that should have pulled again by now, although their nodes can. A job that had ended before an edit stays ended. */
export function missedDays(truth: Truth, nowMs: number): readonly string[] {
  const never = [...truth.jobs.values()].filter(
    job => job.spec.completionPolicy.type === 'Never' && !isOver(job),
  );
  return never.flatMap(job => {
    const { name, uid = '' } = job.metadata;
    const able = [...targetsOf(job, truth)].filter(
      node => unavailableSince(truth.nodes.get(node)) === undefined,
    );
    return able.flatMap(node => {
      const nodeImage = truth.nodeImages.get(node);
      const standing = standingOf(nodeImage, job.spec.image, uid);
      if (nodeImage === undefined || !('entry' in standing)) return [];
      const { completionTime } = statusOf(nodeImage, job.spec.image) ?? {};
      const [createdMs, endedMs] = [standing.entry.createdAt, completionTime].map(
        time => Date.parse(time ?? '') || 0,
      );
      const lastMs = Math.max(createdMs ?? 0, endedMs ?? 0);
      return lastMs + LONGEST_DAY_MS < nowMs
        ? [`job ${name} forgot its daily pull on ${node}`]
        : [];
    });
  });
}
