import type { Pod, PodTemplate } from '../../api/core.ts';
import { isSameImage, templateImages } from '../../api/image-change.ts';
import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';
import { isActivePod } from '../image-pull-job/selection.ts';
import { revisionNameOf } from './revision-names.ts';

/** What is there of a rollout: the pods it has not reached and the images they lack. */
export interface Observation {
  /** Pods that are not on the new revision, or every pod while it has no name. */
  readonly oldPods: readonly Pod[];
  /** Images of the template that at least one old pod does not run, distinct, in the template's order. */
  readonly changedImages: readonly string[];
  /** Pod templates that the old pods were made from, as far as their revisions still exist. */
  readonly oldTemplates: readonly PodTemplate[];
}

/** What an observation is made from. */
export interface ObservedWorld {
  readonly workload: Workload;
  /** Pods controlled by the workload. */
  readonly pods: readonly Pod[];
  readonly kind: WorkloadKind;
  /** The pod template of a ControllerRevision, by its name. */
  readonly templates: ReadonlyMap<string, PodTemplate>;
}

/** Pods the rollout has not reached. */
export function oldPodsOf(
  workload: Workload,
  kind: WorkloadKind,
  pods: readonly Pod[],
): readonly Pod[] {
  const updated = kind.updateHashesOf(workload);
  return pods.filter(
    pod => isActivePod(pod) && !updated.includes(pod.metadata.labels?.[kind.hashLabel] ?? ''),
  );
}

/** The ControllerRevisions that `pods` were made from. */
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
  const { workload, kind } = world;
  const oldPods = oldPodsOf(workload, kind, world.pods);
  const changedImages: string[] = [];
  for (const [container, image] of templateImages(workload.spec.template)) {
    if (changedImages.some(known => isSameImage(known, image))) continue;
    if (oldPods.some(pod => lacks(pod, container, image, world))) changedImages.push(image);
  }
  const names = revisionNames(workload, kind, oldPods);
  return {
    oldPods,
    changedImages,
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
