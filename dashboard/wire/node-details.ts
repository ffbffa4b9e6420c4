import type { NodePull } from '../../api/node-pull.ts';
import type { NodeRow } from './rows.ts';

/** One node with each image that it shall have. */
export interface NodeDetails {
  readonly name: string;
  readonly row: NodeRow;
  readonly images: readonly (Omit<NodePull, 'node'> & { readonly image: string })[];
}
