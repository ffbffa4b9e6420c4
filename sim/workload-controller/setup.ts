import type { Node } from '../../api/core.ts';
import { controllerOf, keyOf, objectKey } from '../../api/meta.ts';
import { GROUP } from '../../api/names.ts';
import { NODES } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import { WORKLOAD_KINDS, type WorkloadKind } from '../../api/workload-kinds.ts';
import type { Controller } from '../../kube/controller.ts';
import { type ControllerDependencies, createController } from '../../kube/create-controller.ts';
import { createInformer } from '../../kube/create-informer.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { daemonSetNaming } from './daemon-set.ts';
import { WorkloadReconciler } from './reconciler.ts';
import { cloneSetNaming, type PodNaming, statefulSetNaming } from './scale.ts';
import { WORKLOAD_PODS, type WorkloadPod } from './workload-pod.ts';

export interface WorkloadControllerDeps extends Omit<ControllerDependencies, 'reconcile'> {
  readonly client: KubeClient;
}

/** The kinds of OpenKruise that the stand-in plays. */
export const STAND_IN_KINDS: readonly WorkloadKind[] = WORKLOAD_KINDS.filter(
  ({ resource }) => resource.group === GROUP,
);

/**
 * A stand-in for the workload controllers of OpenKruise, for clusters that have none: in-place rolling updates of `kind` with partition,
 * maxUnavailable and percentages, on any API server.
 */
export function createWorkloadController(
  kind: WorkloadKind,
  deps: WorkloadControllerDeps,
): Pick<Controller, 'name' | 'run'> {
  const workloads = createInformer<Workload>({ resource: kind.resource }, deps);
  const pods = createInformer<WorkloadPod>({ resource: WORKLOAD_PODS }, deps);
  const suffix = (): string => deps.random().toString(36).slice(2, 7).padEnd(5, '0');
  const nodes = createInformer<Node>({ resource: NODES }, deps);
  const namings: Readonly<Record<string, PodNaming>> = {
    CloneSet: cloneSetNaming(suffix),
    DaemonSet: daemonSetNaming(nodes),
  };
  const naming = namings[kind.kind] ?? statefulSetNaming;
  const reconciler = new WorkloadReconciler(kind, naming, deps);
  const name = `stand-in-${kind.kind.toLowerCase()}`;
  const controller = createController(
    { name, workers: 1 },
    { ...deps, reconcile: reconciler.reconcile },
  );
  workloads.onChange(({ object }) => controller.enqueue(keyOf(object)));
  pods.onChange(({ object }) => {
    const owner = controllerOf(object);
    if (owner?.kind === kind.kind)
      controller.enqueue(objectKey(owner.name, object.metadata.namespace));
  });
  const caches = kind.kind === 'DaemonSet' ? [workloads, pods, nodes] : [workloads, pods];
  nodes.onChange(({ type }) => {
    if (type === 'updated') return;
    for (const workload of workloads.list()) controller.enqueue(keyOf(workload));
  });
  return {
    name,
    run: async signal => {
      const informers = Promise.all(caches.map(cache => cache.run(signal)));
      await Promise.all(caches.map(cache => cache.synced(signal)));
      await Promise.all([informers, controller.run(signal)]);
    },
  };
}
