import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { keyOf, type ObjectKey } from '../../api/meta.ts';
import { JobView, type JobWorld } from './job-view.ts';
import type { PullSecretsState } from './pull-secrets.ts';
import type { TagRequest } from './tag-request.ts';

/** What the controller keeps about an open job between two looks at it. All of it can be found out again. */
export interface OpenJob {
  readonly view: JobView;
  /** Of the spec that `view` shows. */
  generation: number | undefined;
  secrets?: { readonly state: PullSecretsState; readonly checkedAtMs: number };
  /** When the status was last written, on the monotonic clock. */
  statusWrittenMs?: number;
  /** The job as our last write returned it, and the resourceVersions before it that the cache has yet to go through. */
  written?: { readonly job: ImagePullJob; readonly over: ReadonlySet<string | undefined> };
}

/** The open jobs of this process. */
export class JobViews {
  readonly #world: JobWorld;
  readonly #jobs = new Map<ObjectKey, OpenJob>();

  constructor(world: JobWorld) {
    this.#world = world;
  }

  get(key: ObjectKey): OpenJob | undefined {
    return this.#jobs.get(key);
  }

  /** The open job of that key, made when there is none, or only one of an earlier object of that name. */
  open(job: ImagePullJob, request: TagRequest, nowMs: number): OpenJob {
    const found = this.#jobs.get(keyOf(job));
    const { uid, generation } = job.metadata;
    if (found !== undefined && found.view.uid === uid) {
      found.view.update(job, request);
      found.generation = generation;
      return found;
    }
    const view = new JobView(job, request, this.#world, nowMs);
    const opened: OpenJob = { view, generation };
    this.#jobs.set(keyOf(job), opened);
    return opened;
  }

  close(key: ObjectKey): void {
    this.#jobs.delete(key);
  }

  /** Forgets all: of what another leader did meanwhile, not everything shows in what is kept here. */
  closeAll(): void {
    this.#jobs.clear();
  }

  /** Takes in what a write of ours returned, while the cache had `cached`. */
  wrote(job: ImagePullJob, cached: ImagePullJob | undefined): void {
    const open = this.#jobs.get(keyOf(job));
    if (open === undefined) return;
    const over = new Set([cached?.metadata.resourceVersion]);
    const { written } = open;
    if (written?.over.has(cached?.metadata.resourceVersion)) {
      for (const version of written.over) over.add(version);
      over.add(written.job.metadata.resourceVersion);
    }
    open.written = { job, over };
  }

  /** The job as the cache has it, or as we wrote it while the cache has not seen that. */
  latest(cached: ImagePullJob): ImagePullJob {
    const written = this.#jobs.get(keyOf(cached))?.written;
    const isOlder = written?.over.has(cached.metadata.resourceVersion) ?? false;
    return written !== undefined && isOlder ? written.job : cached;
  }
}
