/** Knows, from a cache, where pods run. The controllers know the answer, the webhooks ask. */
export interface PodNodes {
  /** Name of the node of a pod; undefined when there is no such pod, or it is another one of that name. */
  nodeOf(pod: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  }): string | undefined;
}
