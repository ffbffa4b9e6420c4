import type { Node } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import type { ImageTagSpec, ImageTagStatus, NodeImage } from '../../api/node-image.ts';
import type { NodeState } from '../../dashboard/wire/rows.ts';

export const IMAGE = 'registry.example.com/shop/checkout:v42';
const [REPOSITORY, TAG] = ['registry.example.com/shop/checkout', 'v42'];

/** A Node that is Ready or not. */
export function nodeOf(name: string, ready = true): Node {
  const condition = { type: 'Ready', status: ready ? 'True' : 'False' } as const;
  return { metadata: { name }, status: { conditions: [condition] } };
}

/** A job that wants {@link IMAGE} on every node, or on those that `spec` names. */
export function jobOf(
  name: string,
  { spec = {}, status }: { spec?: Partial<ImagePullJob['spec']>; status?: object } = {},
): ImagePullJob {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { image: IMAGE, completionPolicy: { type: 'Always' }, ...spec },
    ...(status === undefined
      ? {}
      : { status: { desired: 0, active: 0, succeeded: 0, failed: 0, ...status } }),
  };
}

const PHASES = {
  warm: 'Succeeded',
  pulling: 'Pulling',
  waiting: 'Waiting',
  failed: 'Failed',
} as const satisfies Partial<Record<NodeState, ImageTagStatus['phase']>>;

/** The NodeImage of a node with one entry of the job `owner`, in this state; `idle` has none. */
export function nodeImageOf(
  name: string,
  state: keyof typeof PHASES | 'idle',
  { owner = 'checkout', ...status }: Partial<ImageTagStatus> & { owner?: string } = {},
): NodeImage {
  if (state === 'idle') return { metadata: { name }, spec: {} };
  const tag: ImageTagSpec = {
    tag: TAG,
    version: 1,
    ownerReferences: [
      { kind: 'ImagePullJob', namespace: 'shop', name: owner, uid: `uid-${owner}` },
    ],
  };
  const told: ImageTagStatus = { tag: TAG, version: 1, phase: PHASES[state], ...status };
  return {
    metadata: { name },
    spec: { images: { [REPOSITORY]: { tags: [tag] } } },
    status: { desired: 1, imageStatuses: { [REPOSITORY]: { tags: [told] } } },
  };
}
