import type { Node } from '../../api/core.ts';
import { isBeingDeleted, type OwnerReference } from '../../api/meta.ts';
import { LABEL_FAKE_NODE_IMAGE } from '../../api/names.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { runsDaemon } from './runs-daemon.ts';

/** What to do about the NodeImage of a node: make it, keep it, delete it, or start afresh because the Node is another one. */
export type Existence = 'absent' | 'create' | 'keep' | 'delete' | 'replace';

const isNode = (owner: OwnerReference): boolean =>
  owner.kind === 'Node' && owner.apiVersion === 'v1';

/** NodeImages with this label stand for no Node; nobody but their makers touches them. */
export function isFake(nodeImage: NodeImage): boolean {
  return nodeImage.metadata.labels?.[LABEL_FAKE_NODE_IMAGE] !== undefined;
}

/** Decides from the Node and the NodeImage of one name. */
export function existenceOf(node: Node | undefined, nodeImage: NodeImage | undefined): Existence {
  const wanted = node !== undefined && runsDaemon(node);
  if (nodeImage === undefined) return wanted ? 'create' : 'absent';
  if (isBeingDeleted(nodeImage)) return 'absent';
  if (isFake(nodeImage)) return 'keep';
  if (!wanted) return 'delete';
  const owner = nodeImage.metadata.ownerReferences?.find(isNode);
  return owner !== undefined && owner.uid !== node.metadata.uid ? 'replace' : 'keep';
}

/** The NodeImage of a new Node, with its labels from the start (W25) and an owner, so that it goes with the Node. */
export function nodeImageFor(node: Node): NodeImage {
  const { name, labels } = node.metadata;
  return {
    metadata: {
      name,
      ...(labels === undefined ? {} : { labels }),
      ownerReferences: [ownerOf(node)],
    },
    spec: {},
  };
}

/** The reference by which a NodeImage belongs to its Node. */
export function ownerOf(node: Node): OwnerReference {
  const { name, uid = '' } = node.metadata;
  return { apiVersion: 'v1', kind: 'Node', name, uid };
}

/** The owners of a kept NodeImage; one that the peer made had none. */
export function ownersOf(nodeImage: NodeImage, node: Node): readonly OwnerReference[] {
  const owners = nodeImage.metadata.ownerReferences ?? [];
  return owners.some(isNode) ? owners : [...owners, ownerOf(node)];
}
