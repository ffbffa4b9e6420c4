import {
  type ImageTagSpec,
  type ImageTagStatus,
  isFinalPhase,
  type NodeImage,
} from '../../api/node-image.ts';

/** Where a job stands on a node, read from the NodeImage by the words of behaviour 8 ("Two jobs, one tag") and by nothing else. */
export type Standing =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'pending';
      readonly entry: ImageTagSpec;
      readonly answered: boolean;
      readonly started: boolean;
    }
  | { readonly kind: 'succeeded' | 'failed'; readonly entry: ImageTagSpec };

/** Name and tag of an image of the model: `alpha:1`. */
export function nameAndTag(image: string): { readonly name: string; readonly tag: string } {
  const [name = '', tag = ''] = image.split(':');
  return { name, tag };
}

/** What the daemon said last about an image. */
export function statusOf(nodeImage: NodeImage, image: string): ImageTagStatus | undefined {
  const { name, tag } = nameAndTag(image);
  return nodeImage.status?.imageStatuses?.[name]?.tags.find(status => status.tag === tag);
}

/** Whether there is an entry of any tag of the image. */
export const hasImage = ({ spec }: NodeImage, image: string): boolean =>
  spec?.images?.[nameAndTag(image).name] !== undefined;

/** The entry of an image. */
export function entryOf(nodeImage: NodeImage, image: string): ImageTagSpec | undefined {
  const { name, tag } = nameAndTag(image);
  return nodeImage.spec?.images?.[name]?.tags.find(entry => entry.tag === tag);
}

/** Where the job `uid` stands with its image on a node. */
export function standingOf(nodeImage: NodeImage | undefined, image: string, uid: string): Standing {
  const entry = nodeImage && entryOf(nodeImage, image);
  const owned = entry?.ownerReferences?.some(owner => owner.uid === uid) ?? false;
  if (nodeImage === undefined || entry === undefined || !owned) return { kind: 'none' };
  const row = entry.owners?.find(owner => owner.uid === uid);
  if (row?.result !== undefined) {
    return { kind: row.result.phase === 'Succeeded' ? 'succeeded' : 'failed', entry };
  }
  const status = statusOf(nodeImage, image);
  const awaited = Math.max(row?.version ?? 0, entry.version ?? 0);
  const answered = status !== undefined && (status.version ?? 0) >= awaited;
  if (answered && isFinalPhase(status.phase)) {
    return { kind: status.phase === 'Succeeded' ? 'succeeded' : 'failed', entry };
  }
  return { kind: 'pending', entry, answered, started: answered && status.phase === 'Pulling' };
}
