import type { ImageTagStatus } from '../api/node-image.ts';
import { cutMessage } from './redact.ts';

/** All messages of a status together: etcd takes objects of 1.5 MiB, and most of that is for what a NodeImage wants. */
const ALL_MESSAGES_BYTES = 256 * 1024;

/** Longest message of each of `tags`, in bytes: no limit but an equal share when there are too many, because a status that is refused tells nothing at all. */
export function messageLimit(tags: readonly ImageTagStatus[]): number {
  const sizes = tags.map(({ message = '' }) => Buffer.byteLength(message));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes <= ALL_MESSAGES_BYTES) return Number.POSITIVE_INFINITY;
  return Math.floor(ALL_MESSAGES_BYTES / sizes.filter(size => size > 0).length);
}

/** `tag` with a message of at most `maxBytes`. */
export function withMessageLimit(tag: ImageTagStatus, maxBytes: number): ImageTagStatus {
  return tag.message === undefined ? tag : { ...tag, message: cutMessage(tag.message, maxBytes) };
}
