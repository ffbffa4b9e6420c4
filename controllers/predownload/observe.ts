import { isConditionTrue } from '../../api/conditions.ts';
import type { Pod, PodTemplate } from '../../api/core.ts';
import { isSameImage, templateImages } from '../../api/image-change.ts';
import { revisionNameOf, type UpdateRevision } from '../../api/update-revision.ts';
import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';
import { isActivePod } from '../image-pull-job/selection.ts';

/** What is there of a rollout: the pods it has not reached and the images they lack. */
export interface Observation {
  /** Pods that are not on the new revision, or every pod while it has no name. */
  readonly oldPods: readonly Pod[];
  /** Images of the template that at least one old pod does not run, distinct, in the template's order. */
  readonly changedImages: readonly string[];
  /** Pods of the new revision that are ready. */
  readonly updatedReadyPods: number;
  /** Pod templates that the old pods were made from, as far as their revisions still exist. */
  readonly oldTemplates: readonly PodTemplate[];
}

/** What an observation is made from. */
export interface ObservedWorld {
  readonly workload: Workload;
  /** Pods of the workload. */
  readonly pods: readonly Pod[];
  readonly kind: WorkloadKind;
  /** The new revision; undefined until it has a name. */
  readonly revision: UpdateRevision | undefined;
  /** The pod template of a revision, by its name. */
  readonly templates: ReadonlyMap<string, PodTemplate>;
}

/** Pods the rollout has not reached. */
export function oldPodsOf({
  kind,
  revision,
  pods,
}: Pick<ObservedWorld, 'kind' | 'revision' | 'pods'>): readonly Pod[] {
  return pods.filter(pod => isActivePod(pod) && !isUpdated(pod, kind, revision));
}

function isUpdated(pod: Pod, kind: WorkloadKind, revision: UpdateRevision | undefined): boolean {
  return revision?.hashes.includes(pod.metadata.labels?.[kind.hashLabel] ?? '') ?? false;
}

/** The revisions that `pods` were made from. */
export function revisionNames(
  workload: Workload,
  kind: WorkloadKind,
  pods: readonly Pod[],
): ReadonlySet<string> {
  const hashes = pods.flatMap(pod => pod.metadata.labels?.[kind.hashLabel] ?? []);
  return new Set(hashes.map(hash => revisionNameOf(workload, hash)));
}

/** Compares the workload's template with the pods that still run something else. */
export function observe(world: ObservedWorld): Observation {
  const { workload, kind, revision } = world;
  const oldPods = oldPodsOf(world);
  const changedImages: string[] = [];
  for (const [container, image] of templateImages(workload.spec.template)) {
    if (changedImages.some(known => isSameImage(known, image))) continue;
    if (oldPods.some(pod => lacks(pod, container, image, world))) changedImages.push(image);
  }
  const names = revisionNames(workload, kind, oldPods);
  return {
    oldPods,
    changedImages,
    updatedReadyPods: world.pods.filter(
      pod =>
        isActivePod(pod) &&
        isUpdated(pod, kind, revision) &&
        isConditionTrue(pod.status?.conditions, 'Ready'),
    ).length,
    oldTemplates: [...names].flatMap(name => world.templates.get(name) ?? []),
  };
}

/**
 * True when `pod` runs another image in `container`. A pod whose own revision already names the image does not lack it: something
 * (a mutating webhook that rewrites registries) changed the pod on its way.
 */
function lacks(pod: Pod, container: string, image: string, world: ObservedWorld): boolean {
  const runs = (template: PodTemplate | undefined): boolean => {
    const running = templateImages(template).get(container);
    return running !== undefined && isSameImage(running, image);
  };
  if (pod.spec !== undefined && runs({ spec: pod.spec })) return false;
  const hash = pod.metadata.labels?.[world.kind.hashLabel] ?? '';
  return !runs(world.templates.get(revisionNameOf(world.workload, hash)));
}
