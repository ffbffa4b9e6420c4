import type { PodTemplate } from '../api/core.ts';
import { imageChanges, isSameImage, templateImages } from '../api/image-change.ts';
import { isJsonObject, type JsonObject, memberAt } from '../api/json.ts';
import { ANNOTATION_IMAGE_CHANGE } from '../api/names.ts';

/** What an update does to the images of a workload. */
export interface ImageUpdate {
  /** The new images, each once. */
  readonly images: readonly string[];
  /** The mark the workload should bear: compact JSON, container → {from, to}. */
  readonly mark: string | undefined;
}

/**
 * Compares two states of a workload; takes any JSON. A change of images replaces the mark, unless it takes back the change that the
 * old mark tells of. Without a change the old mark stays as long as it is true. Marks in the new state are not believed: they come
 * from an earlier call for the same request, or from somebody else.
 */
export function imageUpdate(old: JsonObject, object: JsonObject): ImageUpdate {
  const template = templateOf(object);
  const changes = imageChanges(templateOf(old), template);
  const images = [...new Set(Object.values(changes).map(({ to }) => to))];
  const current = templateImages(template);
  const oldText = markOf(old);
  const oldMark = parseMark(oldText);
  if (images.length === 0) {
    const stillTrue = oldMark !== undefined && agrees(oldMark, 'to', current);
    return { images, mark: stillTrue ? oldText : undefined };
  }
  const isTakenBack =
    oldMark !== undefined &&
    Object.keys(changes).every(container => Object.hasOwn(oldMark, container)) &&
    agrees(oldMark, 'from', current);
  return { images, mark: isTakenBack ? undefined : JSON.stringify(changes) };
}

/** The mark that a workload bears. */
export function markOf(object: JsonObject): string | undefined {
  const mark = memberAt(object, 'metadata', 'annotations', ANNOTATION_IMAGE_CHANGE);
  return typeof mark === 'string' ? mark : undefined;
}

function templateOf(object: JsonObject): PodTemplate | undefined {
  // The functions that take it read any JSON.
  return memberAt(object, 'spec', 'template') as PodTemplate | undefined;
}

function parseMark(text: string | undefined): JsonObject | undefined {
  try {
    const mark: unknown = JSON.parse(text ?? 'null');
    return isJsonObject(mark) ? mark : undefined;
  } catch {
    return undefined; // Somebody else wrote it; it counts as none.
  }
}

/** True when every container of `mark` now has the image that the mark calls `side`; null means that it has none. */
function agrees(
  mark: JsonObject,
  side: 'from' | 'to',
  current: ReadonlyMap<string, string>,
): boolean {
  return Object.keys(mark).every(container => {
    const then = memberAt(mark, container, side);
    const now = current.get(container);
    if (typeof then !== 'string' || now === undefined) return then === now;
    return isSameImage(then, now);
  });
}
