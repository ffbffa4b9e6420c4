import type { ImagePullJob } from '../../api/image-pull-job.ts';
import {
  type NodeImageEntryKey,
  nodeImageEntryOf,
  parseImageReference,
} from '../../api/image-reference.ts';
import { jobState } from '../../api/job-state.ts';
import { keyOf, type ObjectKey } from '../../api/meta.ts';
import { type Selection, selectionOf } from '../../controllers/image-pull-job/selection.ts';
import type { Caches } from './caches.ts';

/** A running job, and the nodes that it wants its image on. */
export interface OpenJob {
  readonly entry: NodeImageEntryKey;
  readonly selection: Selection;
  readonly failedNodes: ReadonlySet<string>;
}

interface Known extends OpenJob {
  readonly job: ImagePullJob;
}

/** The jobs that run: they tell of nodes that wait for their turn, which no NodeImage shows. */
export class OpenJobs {
  readonly #caches: Caches;
  readonly #jobs = new Map<ObjectKey, Known>();

  constructor(caches: Caches) {
    this.#caches = caches;
  }

  /** The jobs, in no particular order. */
  list(): Iterable<OpenJob> {
    return this.#jobs.values();
  }

  /** Looks at a job again. True when nodes may look different now though none of them changed. */
  update(key: ObjectKey): boolean {
    const before = this.#jobs.get(key);
    const job = this.#caches.imagePullJobs.get(key);
    const after = job === undefined ? undefined : this.#read(job);
    if (after === undefined) return this.#jobs.delete(key);
    this.#jobs.set(key, after);
    if (before === undefined) return true;
    const isSameSpec = before.job.metadata.generation === after.job.metadata.generation;
    return !isSameSpec || before.failedNodes.size !== after.failedNodes.size;
  }

  /** Whether a pod may make a node a target. */
  chooseByPods(namespace: string | undefined): boolean {
    return [...this.#jobs.values()].some(
      ({ job }) => job.spec.podSelector !== undefined && job.metadata.namespace === namespace,
    );
  }

  #read(job: ImagePullJob): Known | undefined {
    if (jobState(job).kind !== 'running') return undefined;
    const parsed = parseImageReference(job.spec.image);
    if (!parsed.ok) return undefined;
    return {
      job,
      entry: nodeImageEntryOf(parsed.reference),
      selection: this.#select(job),
      failedNodes: new Set(job.status?.failedNodes ?? []),
    };
  }

  #select(job: ImagePullJob): Selection {
    const known = this.#jobs.get(keyOf(job));
    if (known !== undefined && known.job.metadata.generation === job.metadata.generation) {
      return known.selection;
    }
    const { nodeImages, pods, workloads } = this.#caches;
    return selectionOf(job, { nodeImages, pods, workloads });
  }
}
