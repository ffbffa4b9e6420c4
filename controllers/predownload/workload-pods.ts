import type { Pod } from '../../api/core.ts';
import { matchesSelector } from '../../api/label-selector.ts';
import { controllerOf } from '../../api/meta.ts';
import { REPLICA_SETS } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';
import type { Lister } from '../../kube/informer.ts';
import { INDEX_NAMESPACE, INDEX_OWNER_UID } from '../informers.ts';

/** The name of the workload of `kind` that `pod` belongs to; undefined when it belongs to something else. */
export function workloadNameOf(pod: Pod, kind: WorkloadKind): string | undefined {
  const owner = controllerOf(pod);
  if (owner === undefined) return undefined;
  if (kind.revisions === 'ReplicaSet') {
    // A Deployment names its ReplicaSets after itself and their hash, so nobody has to watch ReplicaSets.
    const suffix = `-${pod.metadata.labels?.[kind.hashLabel]}`;
    const isOurs = owner.kind === REPLICA_SETS.kind && inGroup(owner, REPLICA_SETS.group);
    return isOurs && owner.name.endsWith(suffix) ? owner.name.slice(0, -suffix.length) : undefined;
  }
  return owner.kind === kind.kind && inGroup(owner, kind.resource.group) ? owner.name : undefined;
}

/** The pods of a workload, also those that are ending. */
export function podsOf(
  workload: Workload,
  kind: WorkloadKind,
  pods: Pick<Lister<Pod>, 'byIndex'>,
): readonly Pod[] {
  const { uid, name, namespace } = workload.metadata;
  if (kind.revisions === 'ControllerRevision') return pods.byIndex(INDEX_OWNER_UID, uid ?? '');
  const selector = workload.spec.selector ?? {};
  return pods
    .byIndex(INDEX_NAMESPACE, namespace ?? '')
    .filter(
      pod => workloadNameOf(pod, kind) === name && matchesSelector(selector, pod.metadata.labels),
    );
}

/** Whether an apiVersion is one of `group`. */
export function inGroup({ apiVersion }: { readonly apiVersion: string }, group: string): boolean {
  return apiVersion.startsWith(`${group}/`);
}
