import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { nodeImageEntryOf, parseImageReference } from '../../api/image-reference.ts';
import { jobState } from '../../api/job-state.ts';
import { controllerOf, objectKey } from '../../api/meta.ts';
import { nodePull } from '../../api/node-pull.ts';
import { groupKindOf } from '../../api/resource.ts';
import type { Workload } from '../../api/workload.ts';
import { INDEX_OWNER_UID } from '../../controllers/informers.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Semaphore } from '../../runtime/semaphore.ts';
import type { WorkloadRef } from '../wire/rows.ts';
import type { Story, StoryStep, WarmUp, Why } from '../wire/story.ts';
import type { Caches } from './caches.ts';

export interface StoryDeps {
  readonly caches: Caches;
  readonly clock: Clock;
  /** Judges a workload as `kubectl headstart why` does. Asks the API server. */
  readonly why: (ref: WorkloadRef, workload: Workload, signal: AbortSignal) => Promise<Why>;
  readonly semaphore: Semaphore;
}

/** Tells how one workload gets warm; undefined when there is none of that name. */
export async function tellStory(
  ref: WorkloadRef,
  deps: StoryDeps,
  signal: AbortSignal,
): Promise<Story | undefined> {
  const { caches, clock, semaphore } = deps;
  const cached = caches.workloads.get(groupKindOf(ref))?.get(objectKey(ref.name, ref.namespace));
  if (cached === undefined) return undefined;
  const why = await semaphore.run(signal, () => deps.why(ref, cached, signal));
  const jobs = caches.imagePullJobs.byIndex(INDEX_OWNER_UID, cached.metadata.uid ?? '');
  return {
    now: clock.now(),
    workload: ref,
    why,
    warmUps: jobs
      .filter(job => controllerOf(job)?.kind === ref.kind)
      .map(job => warmUp(job, caches)),
  };
}

interface Pulls {
  /** Milliseconds since the epoch, in order. */
  readonly started: readonly number[];
  readonly warm: readonly number[];
}

function warmUp(job: ImagePullJob, caches: Caches): WarmUp {
  const since = job.metadata.creationTimestamp ?? '';
  const sinceMs = Date.parse(since);
  const pulls = pullsOf(job, caches);
  return {
    job: job.metadata.name,
    image: job.spec.image,
    state: jobState(job).word,
    desired: job.status?.desired ?? 0,
    since,
    // Clocks of nodes differ: nothing is warm before it was asked for.
    warmAfter: pulls.warm.map(ms => Math.max(0, (ms - sinceMs) / 1000)),
    steps: stepsOf(job, pulls),
  };
}

function stepsOf({ metadata, status }: ImagePullJob, { started, warm }: Pulls): StoryStep[] {
  const step = (what: string, at: string | number | undefined): StoryStep => ({
    what,
    ...(at === undefined ? {} : { at: typeof at === 'string' ? at : new Date(at).toISOString() }),
  });
  const half = Math.ceil((status?.desired ?? 0) / 2);
  return [
    step('Image changed, job made', metadata.creationTimestamp),
    step('First node pulls', started[0]),
    step('First node warm', warm[0]),
    step('Half of the nodes warm', half === 0 ? undefined : warm[half - 1]),
    step('Job ended', status?.completionTime),
  ];
}

function pullsOf(job: ImagePullJob, { nodeImages }: Caches): Pulls {
  const parsed = parseImageReference(job.spec.image);
  if (!parsed.ok) return { started: [], warm: [] };
  const { name, tag } = nodeImageEntryOf(parsed.reference);
  const pulls = nodeImages
    .byIndex(INDEX_OWNER_UID, job.metadata.uid ?? '')
    .flatMap(({ metadata, spec, status }) => {
      const wanted = spec.images?.[name]?.tags.find(each => each.tag === tag);
      if (wanted === undefined) return [];
      return [nodePull(metadata.name, wanted, status?.imageStatuses?.[name]?.tags ?? [])];
    });
  const times = (read: (pull: (typeof pulls)[number]) => string | undefined): number[] =>
    pulls
      .flatMap(pull => {
        const ms = Date.parse(read(pull) ?? '');
        return Number.isNaN(ms) ? [] : [ms];
      })
      .toSorted((a, b) => a - b);
  return {
    started: times(({ startTime }) => startTime),
    warm: times(({ state, completionTime }) => (state === 'warm' ? completionTime : undefined)),
  };
}
