import { isConditionTrue } from '../api/conditions.ts';
import type { Node, Pod } from '../api/core.ts';
import { isBeingDeleted, keyOf, parseObjectKey } from '../api/meta.ts';
import { NODES, PODS } from '../api/resources.ts';
import { type ControllerDependencies, createController } from '../kube/create-controller.ts';
import { createInformer } from '../kube/create-informer.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Runnable } from '../runtime/lifecycle.ts';

/** A pod that finds no node is looked at again this soon. */
const RETRY_MS = 1000;

interface SchedulerDeps extends Omit<ControllerDependencies, 'reconcile'> {
  readonly client: KubeClient;
}

/** Stands in for kube-scheduler: each pod goes to the Ready node with the fewest pods, by name among equals. */
export function createScheduler(deps: SchedulerDeps): Runnable {
  const nodes = createInformer<Node>({ resource: NODES }, deps);
  const pods = createInformer<Pod>({ resource: PODS }, deps);
  /** Bindings that the cache does not show yet. */
  const bound = new Map<string, string>();
  const nodeOf = (pod: Pod): string | undefined => pod.spec?.nodeName ?? bound.get(keyOf(pod));

  const chooseNode = (): string | undefined => {
    const load = new Map<string, number>();
    for (const node of nodes.list())
      if (isConditionTrue(node.status?.conditions, 'Ready')) load.set(node.metadata.name, 0);
    for (const pod of pods.list()) {
      const name = nodeOf(pod);
      if (name !== undefined && load.has(name)) load.set(name, (load.get(name) ?? 0) + 1);
    }
    const byLoad = [...load].sort(
      ([a, x], [b, y]) => x - y || a.localeCompare(b, 'en', { numeric: true }),
    );
    return byLoad[0]?.[0];
  };

  const controller = createController(
    { name: 'stand-in-scheduler', workers: 1 },
    {
      ...deps,
      reconcile: async (key, signal) => {
        const pod = pods.get(key);
        if (pod === undefined || isBeingDeleted(pod) || nodeOf(pod) !== undefined) return undefined;
        const nodeName = chooseNode();
        if (nodeName === undefined) return { requeueAfterMs: RETRY_MS };
        await deps.client.patch(
          PODS,
          parseObjectKey(key),
          { type: 'merge', body: { spec: { nodeName } } },
          { signal },
        );
        bound.set(key, nodeName);
        return undefined;
      },
    },
  );
  pods.onChange(({ type, object }) => {
    if (type === 'deleted' || object.spec?.nodeName !== undefined) bound.delete(keyOf(object));
    else controller.enqueue(keyOf(object));
  });
  return {
    name: 'stand-in scheduler',
    run: async signal => {
      const caches = Promise.all([nodes.run(signal), pods.run(signal)]);
      await Promise.all([nodes.synced(signal), pods.synced(signal)]);
      await Promise.all([caches, controller.run(signal)]);
    },
  };
}
