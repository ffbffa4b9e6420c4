import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { isBeingDeleted, type ObjectReference } from '../../api/meta.ts';
import { GROUP } from '../../api/names.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import type { Lister } from '../../kube/informer.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { INDEX_UID } from '../informers.ts';
import { isFinished, lastsAsLongAsItsRollout } from '../job-life.ts';
import type { OwnerState } from './prune.ts';

/** Enough for the jobs that can vanish while one NodeImage still names them. */
const MAX_REMEMBERED = 10_000;

/** Knows the owners of tags. A job that is not in the cache counts as gone only when the API server says so: the cache may be late. */
export class TagOwners {
  readonly #client: KubeClient;
  readonly #jobs: Lister<ImagePullJob>;
  /** Uids never come back. */
  readonly #gone = new Set<string>();

  constructor(deps: { readonly client: KubeClient; readonly jobs: Lister<ImagePullJob> }) {
    this.#client = deps.client;
    this.#jobs = deps.jobs;
  }

  /** The job of that uid, if the cache has it. */
  job(uid: string | undefined): ImagePullJob | undefined {
    return uid === undefined ? undefined : this.#jobs.byIndex(INDEX_UID, uid)[0];
  }

  /** What is known of `owner` without asking anybody. */
  state(owner: ObjectReference): OwnerState {
    const { apiVersion = '', kind, uid } = owner;
    if (kind !== 'ImagePullJob' || !apiVersion.startsWith(`${GROUP}/`)) return 'foreign';
    const job = this.job(uid);
    if (job === undefined) return this.#gone.has(uid ?? '') ? 'gone' : 'unknown';
    if (isBeingDeleted(job)) return 'gone';
    return isFinished(job) && !lastsAsLongAsItsRollout(job) ? 'finished' : 'unfinished';
  }

  /** Notes that the job of that uid was deleted. */
  deleted(uid: string): void {
    if (this.#gone.size >= MAX_REMEMBERED) this.#gone.clear();
    this.#gone.add(uid);
  }

  /** Asks the API server about the owners in `nodeImage` that are not known. */
  async findOut(nodeImage: NodeImage, signal: AbortSignal): Promise<void> {
    for (const image of Object.values(nodeImage.spec?.images ?? {})) {
      for (const owner of image.tags.flatMap(tag => tag.ownerReferences ?? [])) {
        if (this.state(owner) === 'unknown') await this.#ask(owner, signal);
      }
    }
  }

  async #ask(owner: ObjectReference, signal: AbortSignal): Promise<void> {
    const { name = '', namespace = '', uid = '' } = owner;
    const job = await this.#client.get(IMAGE_PULL_JOBS, { name, namespace }, { signal });
    if (job?.metadata.uid !== uid) this.deleted(uid);
  }
}
