import type { Node, Pod, Secret } from '../../api/core.ts';
import type { ImageListPullJob } from '../../api/image-list-pull-job.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { type KubeObject, keyOf, type ObjectKey } from '../../api/meta.ts';
import type { NodeImage } from '../../api/node-image.ts';
import type { Resource } from '../../api/resource.ts';
import {
  IMAGE_LIST_PULL_JOBS,
  IMAGE_PULL_JOBS,
  NODE_IMAGES,
  NODES,
  PODS,
  SECRETS,
} from '../../api/resources.ts';
import { type StoredChange, tableOf } from '../support/fake-kube/fake-store.ts';

/** What the API holds now, without copies: kept up to date from the history of its store. */
export class Truth {
  readonly #tables = new Map<string, Map<ObjectKey, KubeObject>>();

  readonly nodes = this.#of<Node>(NODES);
  readonly pods = this.#of<Pod>(PODS);
  readonly secrets = this.#of<Secret>(SECRETS);
  readonly nodeImages = this.#of<NodeImage>(NODE_IMAGES);
  readonly jobs = this.#of<ImagePullJob>(IMAGE_PULL_JOBS);
  readonly lists = this.#of<ImageListPullJob>(IMAGE_LIST_PULL_JOBS);

  apply({ type, table, object }: StoredChange): void {
    const objects = this.#table(table);
    if (type === 'DELETED') objects.delete(keyOf(object));
    else objects.set(keyOf(object), object);
  }

  jobOf(uid: string): ImagePullJob | undefined {
    for (const job of this.jobs.values()) if (job.metadata.uid === uid) return job;
    return undefined;
  }

  #of<T extends KubeObject>(resource: Resource<T>): ReadonlyMap<ObjectKey, T> {
    return this.#table(tableOf(resource)) as unknown as ReadonlyMap<ObjectKey, T>;
  }

  #table(name: string): Map<ObjectKey, KubeObject> {
    const found = this.#tables.get(name) ?? new Map<ObjectKey, KubeObject>();
    this.#tables.set(name, found);
    return found;
  }
}
