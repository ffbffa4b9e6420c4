import type { Pod } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { controllerOf, type KubeObject, keyOf, objectKey } from '../../api/meta.ts';
import { WORKLOAD_KINDS, type WorkloadKind } from '../../api/workload-kinds.ts';
import type { Controller } from '../../kube/controller.ts';
import { createController } from '../../kube/create-controller.ts';
import type { Change } from '../../kube/informer.ts';
import type { ControllerDeps } from '../deps.ts';
import { type PredownloadOptions, PredownloadReconciler } from './reconciler.ts';

/** Workloads reconciled at once, for each kind. */
const WORKERS = 4;

/** One predownload controller for each workload kind that the cluster serves. */
export function setupPredownloadControllers(
  options: PredownloadOptions,
  deps: ControllerDeps,
): readonly Controller[] {
  return WORKLOAD_KINDS.flatMap(kind => {
    const controller = setupPredownloadController(kind, options, deps);
    return controller === undefined ? [] : [controller];
  });
}

/** A workload is looked at when it changes, when its pods come, go or change revision, and when its jobs change. */
function setupPredownloadController(
  kind: WorkloadKind,
  options: PredownloadOptions,
  deps: ControllerDeps,
): Controller | undefined {
  const workloads = deps.informers.workloads.get(kind.kind);
  if (workloads === undefined) return undefined;
  const name = `predownload-${kind.kind.toLowerCase()}`;
  const reconciler = new PredownloadReconciler({ ...options, kind, workloads }, deps);
  const { reconcile } = reconciler;
  const controller = createController({ name, workers: WORKERS }, { ...deps, reconcile });
  const enqueueOwner = (object: KubeObject): void => {
    const owner = controllerOf(object);
    if (owner?.kind !== kind.kind || !owner.apiVersion.startsWith(`${kind.resource.group}/`))
      return;
    controller.enqueue(objectKey(owner.name, object.metadata.namespace));
  };
  workloads.onChange(change => {
    if (change.type === 'deleted') reconciler.forget(change.object);
    else controller.enqueue(keyOf(change.object));
  });
  deps.informers.pods.onChange(change => {
    if (concernsRollout(change, kind.hashLabel)) enqueueOwner(change.object);
  });
  deps.informers.imagePullJobs.onChange(change => {
    if (concernsPlan(change)) enqueueOwner(change.object);
  });
  return controller;
}

/** A pod that comes, goes, ends or moves to another revision. */
function concernsRollout({ type, object, previous }: Change<Pod>, hashLabel: string): boolean {
  if (type !== 'updated') return true;
  return (
    object.metadata.labels?.[hashLabel] !== previous.metadata.labels?.[hashLabel] ||
    object.status?.phase !== previous.status?.phase ||
    object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp
  );
}

/** A job that comes, goes or is edited; its progress changes nothing here. */
function concernsPlan({ type, object, previous }: Change<ImagePullJob>): boolean {
  return type !== 'updated' || object.metadata.generation !== previous.metadata.generation;
}
