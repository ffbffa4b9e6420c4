import { isConditionTrue } from '../../api/conditions.ts';
import type { Pod } from '../../api/core.ts';
import { isBeingDeleted } from '../../api/meta.ts';
import { resource } from '../../api/resource.ts';
import { PODS } from '../../api/resources.ts';

/** A pod with the part of its status that tells whether an update in place has arrived. */
export interface WorkloadPod extends Pod {
  readonly status?: NonNullable<Pod['status']> & {
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly imageID?: string;
}

/** Pods, with their container statuses. */
export const WORKLOAD_PODS = resource<WorkloadPod>(PODS);

/** On pods: what an update in place found, so that its end can be told (the peer's annotation). */
export const ANNOTATION_IN_PLACE_STATE = 'apps.kruise.io/inplace-update-state';

/** Value of {@link ANNOTATION_IN_PLACE_STATE}. */
export interface InPlaceState {
  readonly revision: string;
  readonly updateTimestamp: string;
  /** Containers whose image changed, with what they ran before. */
  readonly lastContainerStatuses: Readonly<Record<string, { readonly imageID: string }>>;
}

/** True for pods that count: not ended and not going. */
export function isActive(pod: WorkloadPod): boolean {
  const phase = pod.status?.phase;
  return phase !== 'Succeeded' && phase !== 'Failed' && !isBeingDeleted(pod);
}

/** True while the kubelet has not yet restarted the containers that an update in place changed. */
export function isUpdating(pod: WorkloadPod): boolean {
  const state = inPlaceState(pod);
  if (state === undefined) return false;
  return Object.entries(state.lastContainerStatuses).some(([name, last]) => {
    const now = pod.status?.containerStatuses?.find(container => container.name === name);
    return now?.imageID === undefined || now.imageID === last.imageID;
  });
}

/** True when the pod is Ready and runs what its spec says. */
export function isAvailable(pod: WorkloadPod): boolean {
  return isActive(pod) && isConditionTrue(pod.status?.conditions, 'Ready') && !isUpdating(pod);
}

function inPlaceState(pod: WorkloadPod): InPlaceState | undefined {
  const text = pod.metadata.annotations?.[ANNOTATION_IN_PLACE_STATE];
  // Only this controller writes it.
  return text === undefined ? undefined : (JSON.parse(text) as InPlaceState);
}
