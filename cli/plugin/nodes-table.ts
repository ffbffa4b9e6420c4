import { age } from '../../api/age.ts';
import type { NodePull } from '../../api/node-pull.ts';
import { textTable } from './text-table.ts';
import type { WarmImage } from './warm-images.ts';

/** With more nodes than this a matrix gives way to counts. */
export const MAX_MATRIX_NODES = 8;
/** With more nodes than this an image's table leaves out the warm ones, which are counted. */
export const MAX_NODE_ROWS = 40;

/** A row an image, a column a node. */
export function matrix(
  images: readonly WarmImage[],
  nodeNames: readonly string[],
): readonly string[] {
  const rows = images.map(({ image, nodes }) => [
    image,
    ...nodeNames.map(name => cell(nodes.find(({ node }) => node === name))),
  ]);
  return textTable(['IMAGE', ...nodeNames], rows);
}

/** A row an image, with numbers of nodes. */
export function counts(images: readonly WarmImage[]): readonly string[] {
  const rows = images.map(({ image, ...numbers }) => [
    image,
    `${numbers.warm}/${numbers.wanted}`,
    String(numbers.pulling),
    String(numbers.waiting),
    String(numbers.failed),
  ]);
  return textTable(['IMAGE', 'WARM', 'PULLING', 'WAITING', 'FAILED'], rows);
}

/** A row a node that shall have the image; of many nodes only those where it is not, unless `all`. */
export function nodeRows(
  { image, nodes }: WarmImage,
  { now, all }: { readonly now: number; readonly all: boolean },
): readonly string[] {
  const shown =
    all || nodes.length <= MAX_NODE_ROWS ? nodes : nodes.filter(({ state }) => state !== 'warm');
  const rows = shown.map(pull => [
    pull.node,
    image,
    cell(pull),
    pull.completionTime === undefined ? '-' : age(pull.completionTime, now),
    [pull.reason, pull.message?.replace(/\s+/g, ' ')].filter(Boolean).join(': '),
  ]);
  const left = nodes.length - shown.length;
  return [
    ...(rows.length === 0 ? [] : textTable(['NODE', 'IMAGE', 'STATE', 'SINCE', 'MESSAGE'], rows)),
    ...(left === 0
      ? []
      : [`${image} is warm on ${left} of ${nodes.length} nodes; -o wide names them`]),
  ];
}

function cell(pull: NodePull | undefined): string {
  if (pull === undefined) return '-';
  return pull.progress === undefined ? pull.state : `${pull.state} ${pull.progress}%`;
}
