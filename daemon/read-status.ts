import { isJsonObject, memberAt } from '../api/json.ts';
import type { ImageTagStatus, NodeImageStatus } from '../api/node-image.ts';

/** Reads the results in a status that nothing has checked. The rest of it is written anew. Never throws. */
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
  return Array.isArray(tags) ? tags.filter(isResult) : [];
}

/** Nothing depends on a status of a tag that is no result. */
function isResult(value: unknown): value is ImageTagStatus {
  if (!isJsonObject(value)) return false;
  const { tag, phase, version, completionTime } = value;
  return (
    typeof tag === 'string' &&
    (phase === 'Succeeded' || phase === 'Failed') &&
    (version == null || typeof version === 'number') &&
    typeof completionTime === 'string'
  );
}
