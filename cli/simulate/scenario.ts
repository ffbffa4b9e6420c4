/** What is simulated. Bandwidths are in bytes per second, shares from 0 to 1. */
export interface Scenario {
  readonly nodes: number;
  /** Nodes are spread over them evenly. */
  readonly zones: number;
  readonly imageBytes: number;
  readonly layers: number;
  /** How much of the image each node has already, in whole layers. */
  readonly sharedShare: number;
  /** Of each node. */
  readonly nodeBandwidth: number;
  /** Of the registry, for all nodes together. */
  readonly registryBandwidth: number;
  /** Of each zone; undefined: no limit. */
  readonly zoneBandwidth: number | undefined;
  readonly parallelism: number;
  /** 0: no ceiling. */
  readonly maxPullsPerRegistry: number;
  /** How many of the attempts to pull the registry refuses. */
  readonly failureShare: number;
  readonly slow: SlowNodes;
  /** Limit of one attempt. */
  readonly pullTimeoutMs: number;
  readonly seed: number;
}

/** Nodes whose bandwidth is lower by a factor. */
export interface SlowNodes {
  readonly share: number;
  readonly factor: number;
}

/** Bytes that a node has to load. */
export function missingBytes({ imageBytes, sharedShare }: Scenario): number {
  return imageBytes * (1 - sharedShare);
}
