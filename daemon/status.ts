import type {
  FirstSyncStatus,
  ImageSpec,
  ImageStatus,
  ImageTagStatus,
  NodeImage,
  NodeImageStatus,
} from '../api/node-image.ts';
import { isFinalPhase, type PullPhase } from '../api/node-image.ts';
import { messageLimit, withMessageLimit } from './fit-messages.ts';
import { waitingStatus } from './tag-status.ts';
import { resultOf, tagsOf, versionOf } from './wanted-pulls.ts';

/** What the daemon itself knows of a version of a tag. */
export type KnownStatus = (
  name: string,
  tag: string,
  version: number,
) => ImageTagStatus | undefined;

/**
 * The status `nodeImage` should have at `now`. Results that stand in it count, whoever wrote them; then comes what the daemon knows;
 * what nobody has looked at waits.
 */
export function nodeImageStatus(
  nodeImage: NodeImage,
  known: KnownStatus,
  now: string,
): NodeImageStatus {
  const images = Object.entries(nodeImage.spec.images ?? {});
  const statuses = images
    .map(([name, image]) => [name, tagStatuses(nodeImage, name, image, known)] as const)
    .filter(([, tags]) => tags.length > 0);
  const all = statuses.flatMap(([, tags]) => tags);
  const maxBytes = messageLimit(all);
  const fitted = statuses.map(([name, tags]): [string, ImageStatus] => [
    name,
    { tags: tags.map(tag => withMessageLimit(tag, maxBytes)) },
  ]);
  const count = (phase: PullPhase): number => all.filter(tag => tag.phase === phase).length;
  const counts = {
    desired: all.length,
    succeeded: count('Succeeded'),
    failed: count('Failed'),
    pulling: count('Pulling'),
    waiting: count('Waiting'),
  };
  const firstSyncStatus = nodeImage.status?.firstSyncStatus ?? firstSync(all, counts, now);
  return {
    ...counts,
    imageStatuses: Object.fromEntries(fitted),
    ...(firstSyncStatus === undefined ? {} : { firstSyncStatus }),
  };
}

function tagStatuses(
  nodeImage: NodeImage,
  name: string,
  image: ImageSpec,
  known: KnownStatus,
): ImageTagStatus[] {
  const statuses = tagsOf(image).map(spec => {
    const { tag } = spec;
    const version = versionOf(spec);
    return (
      resultOf(nodeImage, name, spec) ??
      known(name, tag, version) ??
      waitingStatus({ tag, version })
    );
  });
  return statuses.sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

/** Set once, when everything that was wanted at the time has a result: the node is warm. A node nobody wants images on has had no round. */
function firstSync(
  all: readonly ImageTagStatus[],
  { succeeded, failed }: { readonly succeeded: number; readonly failed: number },
  now: string,
): FirstSyncStatus | undefined {
  if (all.length === 0 || !all.every(tag => isFinalPhase(tag.phase))) return undefined;
  const message = `${succeeded} succeeded, ${failed} failed`;
  return { syncAt: now, status: failed === 0 ? 'Succeeded' : 'Failed', message };
}
