import type { ImageTagSpec, ImageTagStatus } from './node-image.ts';

/** What has become of a wanted image on one node. */
export interface NodePull {
  readonly node: string;
  readonly state: 'warm' | 'pulling' | 'waiting' | 'failed';
  /** Percent, while it is pulled. */
  readonly progress?: number;
  /** RFC 3339. */
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

const STATES = {
  Waiting: 'waiting',
  Pulling: 'pulling',
  Succeeded: 'warm',
  Failed: 'failed',
} as const satisfies Record<ImageTagStatus['phase'], NodePull['state']>;

/** Reads the entry of one tag on one node. A status of another version is about an earlier wish. */
export function nodePull(
  node: string,
  wanted: ImageTagSpec,
  statuses: readonly ImageTagStatus[],
): NodePull {
  const status = statuses.find(
    ({ tag, version }) => tag === wanted.tag && version === wanted.version,
  );
  if (status === undefined) return { node, state: 'waiting' };
  const { phase, progress, startTime, completionTime, reason, message } = status;
  return {
    node,
    state: STATES[phase],
    ...(phase === 'Pulling' && progress !== undefined ? { progress } : {}),
    ...(startTime === undefined ? {} : { startTime }),
    ...(completionTime === undefined ? {} : { completionTime }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}
