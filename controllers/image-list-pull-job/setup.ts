import { controllerOf, keyOf, objectKey } from '../../api/meta.ts';
import type { Controller } from '../../kube/controller.ts';
import { createController } from '../../kube/create-controller.ts';
import type { ControllerDeps } from '../deps.ts';
import { ImageListPullJobReconciler } from './reconciler.ts';

const WORKERS = 4;

/** Reconciles a list job when it or one of its children changes. */
export function setupImageListPullJobController(deps: ControllerDeps): Controller {
  const { reconcile } = new ImageListPullJobReconciler(deps);
  const controller = createController(
    { name: 'image-list-pull-job', workers: WORKERS },
    { ...deps, reconcile },
  );
  deps.informers.imageListPullJobs.onChange(({ object }) => controller.enqueue(keyOf(object)));
  deps.informers.imagePullJobs.onChange(({ object }) => {
    const owner = controllerOf(object);
    if (owner?.kind !== 'ImageListPullJob') return;
    controller.enqueue(objectKey(owner.name, object.metadata.namespace));
  });
  return controller;
}
