import type { Pod } from '../../api/core.ts';
import { keyOf } from '../../api/meta.ts';
import { PODS } from '../../api/resources.ts';
import { type ControllerDependencies, createController } from '../../kube/create-controller.ts';
import { createInformer } from '../../kube/create-informer.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Runnable } from '../../runtime/lifecycle.ts';
import type { SimulatedNode } from './simulated-node.ts';

interface PodSyncerDeps extends Omit<ControllerDependencies, 'reconcile'> {
  readonly client: KubeClient;
}

/** Brings every pod of a fleet to the kubelet of its node: one watch serves all nodes. */
export function createPodSyncer(nodes: readonly SimulatedNode[], deps: PodSyncerDeps): Runnable {
  const byName = new Map(nodes.map(node => [node.name, node]));
  const pods = createInformer<Pod>({ resource: PODS }, deps);
  /** Where a pod ran, for when it is gone. */
  const placed = new Map<string, SimulatedNode>();
  const controller = createController(
    // A kubelet waits for pulls: each node needs a worker of its own, and a spare one.
    { name: 'stand-in-kubelets', workers: nodes.length * 2 },
    {
      ...deps,
      reconcile: async (key, signal) => {
        const pod = pods.get(key);
        const node = byName.get(pod?.spec?.nodeName ?? '') ?? placed.get(key);
        if (node === undefined) return undefined;
        if (pod === undefined) placed.delete(key);
        else placed.set(key, node);
        await node.kubelet.sync(key, pod, signal);
        return undefined;
      },
    },
  );
  pods.onChange(({ object }) => controller.enqueue(keyOf(object)));
  return {
    name: 'stand-in kubelets',
    run: async signal => {
      const cache = pods.run(signal);
      await pods.synced(signal);
      await Promise.all([cache, controller.run(signal)]);
    },
  };
}
