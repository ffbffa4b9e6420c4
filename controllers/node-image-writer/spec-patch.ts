import type { ImageSpec, NodeImage, NodeImageSpec } from '../../api/node-image.ts';
import type { JsonPatchOperation } from '../../kube/kube-client.ts';

const escape = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

function imageOperations(
  before: Readonly<Record<string, ImageSpec>>,
  after: Readonly<Record<string, ImageSpec>>,
): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  for (const name of Object.keys(before)) {
    if (!(name in after)) operations.push({ op: 'remove', path: `/spec/images/${escape(name)}` });
  }
  for (const [name, value] of Object.entries(after)) {
    if (before[name] === value) continue;
    operations.push({ op: 'add', path: `/spec/images/${escape(name)}`, value });
  }
  return operations;
}

/**
 * The JSON patch that gives `nodeImage` the spec `after`, image by image; empty when nothing changed. Unchanged images must be the
 * same objects in both. A newer resourceVersion on the server makes it answer 409.
 */
export function specPatch(
  nodeImage: NodeImage,
  after: NodeImageSpec,
): readonly JsonPatchOperation[] {
  const before = nodeImage.spec?.images;
  const operations: JsonPatchOperation[] =
    before === undefined
      ? [{ op: 'add', path: '/spec', value: { ...nodeImage.spec, ...after } }]
      : imageOperations(before, after.images ?? {});
  const changed = before === undefined ? after.images !== undefined : operations.length > 0;
  if (!changed) return [];
  const { resourceVersion } = nodeImage.metadata;
  return [
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    ...operations,
  ];
}
