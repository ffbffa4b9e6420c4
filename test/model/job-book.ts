import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { limitOf } from './targets.ts';

/** A manager may act on what it saw this long ago: the longest lag, backoff and travel of the model. */
export const LATEST_NEWS_MS = 120_000;

/** What happened between a job and one NodeImage. */
export interface NodeBook {
  assignedAtMs: number;
  /** It has a result, or was given up. */
  ended?: 'succeeded' | 'failed' | 'given up';
  /** The manager took an unfinished entry away without giving up. */
  released: boolean;
  /** It was given up because the API server refused to change its NodeImage; another leader tries it once more. */
  refused?: boolean;
  /** Somebody else wrote into the entry: it counts for nothing any more. */
  touched: boolean;
}

/** The book of a node that was assigned just now. */
export const fresh = (assignedAtMs: number): NodeBook => ({
  assignedAtMs,
  released: false,
  touched: false,
});

/** What the model remembers of one job, by uid. */
export class JobBook {
  readonly uid: string;
  readonly name: string;
  readonly image: string;
  readonly nodes = new Map<string, NodeBook>();
  /** When a source or a copy of its secrets last changed. */
  secretChangedMs = Number.NEGATIVE_INFINITY;
  /** When a copy did. */
  mirroredMs = Number.NEGATIVE_INFINITY;
  /** The most nodes that a manager may have known while it lived. */
  mostNodes = 0;
  /** Its specs, oldest first, with the times from which they held. */
  readonly #specs: { readonly fromMs: number; readonly job: ImagePullJob }[] = [];

  constructor(job: ImagePullJob) {
    this.uid = job.metadata.uid ?? '';
    this.name = job.metadata.name;
    this.image = job.spec.image;
  }

  get editedMs(): number {
    return this.#specs.length < 2 ? Number.NEGATIVE_INFINITY : (this.#specs.at(-1)?.fromMs ?? 0);
  }

  edited(job: ImagePullJob, nowMs: number): void {
    if (this.#specs.at(-1)?.job.metadata.generation === job.metadata.generation) return;
    this.#specs.push({ fromMs: nowMs, job });
  }

  /** The highest parallelism that a manager may still have in mind. */
  limit(nowMs: number): number {
    const news = this.#specs.filter((_, index) => {
      const until = this.#specs[index + 1]?.fromMs ?? nowMs;
      return until >= nowMs - LATEST_NEWS_MS;
    });
    const limits = news.map(({ job: { spec } }) => {
      const targets = Math.max(this.mostNodes, spec.selector?.names?.length ?? 0);
      return limitOf(spec.parallelism, targets);
    });
    return Math.max(0, ...limits);
  }
}
