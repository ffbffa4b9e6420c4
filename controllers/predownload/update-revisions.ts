import type { ControllerRevision, ReplicaSet } from '../../api/core.ts';
import { isSameTemplate } from '../../api/in-place.ts';
import { labelSelectorToString } from '../../api/label-selector.ts';
import { controllerOf, type KubeObject } from '../../api/meta.ts';
import { LABEL_POD_TEMPLATE_HASH } from '../../api/names.ts';
import type { Resource } from '../../api/resource.ts';
import { CONTROLLER_REVISIONS, REPLICA_SETS } from '../../api/resources.ts';
import { isObserved, revisionOfName, type UpdateRevision } from '../../api/update-revision.ts';
import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';
import type { KubeClient } from '../../kube/kube-client.ts';

/** Finds out which revision a workload is being updated to. */
export class UpdateRevisions {
  readonly #kind: WorkloadKind;
  readonly #client: KubeClient;
  /** Found by a list, by the uid of the workload; good for one generation, because only a new template makes a new revision. */
  readonly #found = new Map<string, { generation: number | undefined; revision: UpdateRevision }>();

  constructor(kind: WorkloadKind, client: KubeClient) {
    this.#kind = kind;
    this.#client = client;
  }

  /** The update revision, or undefined until the workload's controller has seen the newest template and made a revision of it. */
  async of(workload: Workload, signal: AbortSignal): Promise<UpdateRevision | undefined> {
    if (!isObserved(workload)) return undefined;
    const told = this.#kind.statusRevisionOf(workload);
    if (told !== undefined) return told;
    const { uid = '', generation } = workload.metadata;
    const known = this.#found.get(uid);
    if (known !== undefined && known.generation === generation) return known.revision;
    const revision =
      this.#kind.revisions === 'ReplicaSet'
        ? newReplicaSet(workload, await this.#owned(REPLICA_SETS, workload, signal))
        : newestRevision(await this.#owned(CONTROLLER_REVISIONS, workload, signal));
    if (revision !== undefined) this.#found.set(uid, { generation, revision });
    return revision;
  }

  /** Drops what is remembered about a workload that is gone. */
  forget({ metadata }: Workload): void {
    this.#found.delete(metadata.uid ?? '');
  }

  async #owned<T extends KubeObject>(
    resource: Resource<T>,
    { metadata, spec }: Workload,
    signal: AbortSignal,
  ): Promise<readonly T[]> {
    const { items } = await this.#client.list(resource, {
      namespace: metadata.namespace ?? '',
      labelSelector: labelSelectorToString(spec.selector ?? {}),
      signal,
    });
    return items.filter(item => controllerOf(item)?.uid === metadata.uid);
  }
}

/** The one of the highest number: a template that comes back gets a new number on its old revision. */
function newestRevision(revisions: readonly ControllerRevision[]): UpdateRevision | undefined {
  const [newest] = revisions.toSorted((a, b) => (b.revision ?? 0) - (a.revision ?? 0));
  return newest && revisionOfName(newest.metadata.name);
}

/**
 * The ReplicaSet of the present template, which a paused Deployment may not have yet. Of several the oldest, as the Deployment's
 * controller does.
 */
function newReplicaSet(
  workload: Workload,
  replicaSets: readonly ReplicaSet[],
): UpdateRevision | undefined {
  const age = ({ metadata }: ReplicaSet): string => metadata.creationTimestamp ?? '';
  const [found] = replicaSets
    .filter(({ spec }) => isSameTemplate(withoutHash(spec?.template), workload.spec.template))
    .toSorted((a, b) => age(a).localeCompare(age(b)));
  const hash = found?.metadata.labels?.[LABEL_POD_TEMPLATE_HASH];
  return found && hash ? { name: found.metadata.name, hashes: [hash] } : undefined;
}

function withoutHash(
  template: NonNullable<ReplicaSet['spec']>['template'],
): NonNullable<ReplicaSet['spec']>['template'] {
  const { [LABEL_POD_TEMPLATE_HASH]: _hash, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}
