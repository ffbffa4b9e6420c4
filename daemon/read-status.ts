import { isJsonObject, memberAt } from '../api/json.ts';
import { type ImageTagStatus, type NodeImageStatus, PULL_PHASES } from '../api/node-image.ts';

/** Reads a status that nothing has checked; what makes no sense in it is left out, and so is written anew. Never throws. */
export function readStatus(status: unknown): NodeImageStatus | undefined {
  if (!isJsonObject(status)) return undefined;
  const images = memberAt(status, 'imageStatuses');
  const entries = isJsonObject(images) ? Object.entries(images) : [];
  const firstSyncStatus = memberAt(status, 'firstSyncStatus');
  return {
    desired: 0,
    imageStatuses: Object.fromEntries(
      entries.map(([name, image]) => [name, { tags: readTags(memberAt(image, 'tags')) }]),
    ),
    ...(isJsonObject(firstSyncStatus) ? { firstSyncStatus } : {}),
  };
}

function readTags(tags: unknown): readonly ImageTagStatus[] {
  return Array.isArray(tags) ? tags.filter(isTagStatus) : [];
}

/** The fields that anything depends on. */
function isTagStatus(value: unknown): value is ImageTagStatus {
  if (!isJsonObject(value)) return false;
  const { tag, phase, version, completionTime } = value;
  return (
    typeof tag === 'string' &&
    PULL_PHASES.some(known => known === phase) &&
    (version == null || typeof version === 'number') &&
    (completionTime === undefined || typeof completionTime === 'string')
  );
}
