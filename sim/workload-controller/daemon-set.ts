import type { Node } from '../../api/core.ts';
import type { Informer } from '../../kube/informer.ts';
import type { PodCounts } from './decide.ts';
import { type PodNaming, updateByHealth } from './scale.ts';

/** Advanced DaemonSet: one pod on each node, named after it. A pod that goes comes back under its name when the old one is gone. */
export function daemonSetNaming(nodes: Pick<Informer<Node>, 'list' | 'size'>): PodNaming {
  return {
    replicas: () => nodes.size,
    scale: ({ metadata }, pods, names) => {
      const wanted = [...nodes.list()].map(node => ({
        name: `${metadata.name}-${node.metadata.name}`,
        nodeName: node.metadata.name,
      }));
      const isWanted = new Set(wanted.map(({ name }) => name));
      return {
        create: wanted.filter(({ name }) => !names.has(name)),
        remove: pods.filter(pod => !isWanted.has(pod.metadata.name)),
      };
    },
    updateOrder: updateByHealth,
  };
}

/** The status of an Advanced DaemonSet, which counts nodes. */
export function daemonSetStatus(counts: PodCounts, desired: number, hash: string): object {
  return {
    desiredNumberScheduled: desired,
    currentNumberScheduled: counts.replicas,
    updatedNumberScheduled: counts.updatedReplicas,
    numberReady: counts.readyReplicas,
    numberAvailable: counts.availableReplicas,
    numberUnavailable: Math.max(0, desired - counts.availableReplicas),
    numberMisscheduled: 0,
    daemonSetHash: hash,
  };
}
