import { isConditionTrue } from '../../api/conditions.ts';
import type { Pod } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { controllerOf, keyOf, objectKey } from '../../api/meta.ts';
import { groupKindOf } from '../../api/resource.ts';
import {
  isLookedAt,
  type PredownloadGate,
  WORKLOAD_KINDS,
  type WorkloadKind,
} from '../../api/workload-kinds.ts';
import type { Controller } from '../../kube/controller.ts';
import { createController } from '../../kube/create-controller.ts';
import type { Change } from '../../kube/informer.ts';
import type { ControllerDeps } from '../deps.ts';
import { PredownloadReconciler } from './reconciler.ts';
import { inGroup, workloadNameOf } from './workload-pods.ts';

/** Workloads reconciled at once, for each kind. */
const WORKERS = 4;

/** The feature gates. */
export type PredownloadOptions = Readonly<Record<PredownloadGate, boolean>>;

/** One predownload controller for each workload kind that the cluster serves. */
export function setupPredownloadControllers(
  options: PredownloadOptions,
  deps: ControllerDeps,
): readonly Controller[] {
  return WORKLOAD_KINDS.flatMap(kind => {
    const controller = setupPredownloadController(kind, options[kind.gate], deps);
    return controller === undefined ? [] : [controller];
  });
}

/** A workload is looked at when it changes, when its pods come, go, change revision or readiness, and when its jobs change. */
function setupPredownloadController(
  kind: WorkloadKind,
  enabled: boolean,
  deps: ControllerDeps,
): Controller | undefined {
  const workloads = deps.informers.workloads.get(groupKindOf(kind.resource));
  if (workloads === undefined) return undefined;
  const reconciler = new PredownloadReconciler({ enabled, kind, workloads }, deps);
  const controller = createController(
    { name: controllerName(kind), workers: WORKERS },
    { ...deps, reconcile: reconciler.reconcile },
  );
  workloads.onChange(({ type, object, previous }) => {
    if (type === 'deleted') reconciler.forget(object);
    else if ([object, previous].some(state => state !== undefined && isLookedAt(kind, state)))
      controller.enqueue(keyOf(object));
  });
  deps.informers.pods.onChange(change => {
    const name = workloadNameOf(change.object, kind);
    if (name === undefined || !concernsRollout(change, kind.hashLabel)) return;
    const key = objectKey(name, change.object.metadata.namespace);
    const workload = kind.optIn ? workloads.get(key) : undefined;
    // Of most Deployments nobody asked anything, and their pods are many.
    if (kind.optIn && (workload === undefined || !isLookedAt(kind, workload))) return;
    controller.enqueue(key);
  });
  deps.informers.imagePullJobs.onChange(change => {
    const owner = controllerOf(change.object);
    if (owner?.kind !== kind.kind || !inGroup(owner, kind.resource.group)) return;
    if (concernsPlan(change))
      controller.enqueue(objectKey(owner.name, change.object.metadata.namespace));
  });
  return controller;
}

/** The controllers of OpenKruise's kinds had their names first. */
function controllerName({ kind, optIn, resource }: WorkloadKind): string {
  return `predownload-${optIn ? `${resource.group}-` : ''}${kind.toLowerCase()}`;
}

/** A pod that comes, goes, ends, gets ready or not, or moves to another revision. */
function concernsRollout({ type, object, previous }: Change<Pod>, hashLabel: string): boolean {
  if (type !== 'updated') return true;
  return (
    object.metadata.labels?.[hashLabel] !== previous.metadata.labels?.[hashLabel] ||
    object.status?.phase !== previous.status?.phase ||
    isReady(object) !== isReady(previous) ||
    object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp
  );
}

const isReady = ({ status }: Pod): boolean => isConditionTrue(status?.conditions, 'Ready');

/** A job that comes, goes or is edited; its progress changes nothing here. */
function concernsPlan({ type, object, previous }: Change<ImagePullJob>): boolean {
  return type !== 'updated' || object.metadata.generation !== previous.metadata.generation;
}
