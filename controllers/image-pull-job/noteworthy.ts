import { isDeepStrictEqual } from 'node:util';
import type { Node, Pod } from '../../api/core.ts';
import { isBeingDeleted } from '../../api/meta.ts';
import { MAX_IMAGES_PER_NODE, type NodeImage } from '../../api/node-image.ts';
import type { Change } from '../../kube/informer.ts';
import { availabilityOf } from './availability.ts';
import { isActivePod } from './selection.ts';

/** Which changes may make a node a target, or another kind of target. All others cost nothing. */

/** True when the node became able or unable to pull, came or went. */
export function changedNode({ type, object, previous }: Change<Node>): boolean {
  if (type !== 'updated') return true;
  return !isDeepStrictEqual(availabilityOf(object), availabilityOf(previous));
}

const isFull = ({ spec }: NodeImage): boolean =>
  Object.keys(spec?.images ?? {}).length >= MAX_IMAGES_PER_NODE;

/** True when selectors may see the NodeImage in another way, or it got room for an image. */
export function changedNodeImage({ type, object, previous }: Change<NodeImage>): boolean {
  if (type !== 'updated') return true;
  return (
    isBeingDeleted(object) !== isBeingDeleted(previous) ||
    isFull(object) !== isFull(previous) ||
    !isDeepStrictEqual(object.metadata.labels, previous.metadata.labels)
  );
}

/** What a change of a pod means for jobs that choose nodes by pods. */
export interface PodChange {
  readonly namespace: string;
  /** Nodes that the pod is or was on. */
  readonly nodes: ReadonlySet<string>;
  /** Its labels now and before. */
  readonly labels: readonly (Readonly<Record<string, string>> | undefined)[];
  /** It came to a node, left one, or may be chosen by others than before; otherwise only its health changed. */
  readonly moved: boolean;
}

/** What the change means; undefined when it means nothing. */
export function changedPod({ type, object, previous }: Change<Pod>): PodChange | undefined {
  const states = previous === undefined ? [object] : [object, previous];
  const nodes = new Set(states.flatMap(({ spec }) => (spec?.nodeName ? [spec.nodeName] : [])));
  if (nodes.size === 0) return undefined;
  return {
    namespace: object.metadata.namespace ?? '',
    nodes,
    labels: states.map(({ metadata }) => metadata.labels),
    moved: type !== 'updated' || !isSamePlace(object, previous),
  };
}

function isSamePlace(a: Pod, b: Pod): boolean {
  return (
    a.spec?.nodeName === b.spec?.nodeName &&
    isActivePod(a) === isActivePod(b) &&
    isDeepStrictEqual(a.metadata.labels, b.metadata.labels)
  );
}
