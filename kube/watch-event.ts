import type { KubeObject } from '../api/meta.ts';
import type { WatchEvent } from './kube-client.ts';
import { failureOfBody, failureOfStatus, type Status } from './request-failure.ts';

/** Reads one line of a watch. Throws KubeError on an ERROR event and on a line that is no event; undefined for a type we do not know. */
export function watchEventOf<T extends KubeObject>(
  what: string,
  line: unknown,
): WatchEvent<T> | undefined {
  const { type, object } = (line ?? {}) as { type?: unknown; object?: unknown };
  if (type === 'ERROR') throw failureOfStatus(what, (object ?? {}) as Status);
  if (!hasMetadata(object)) {
    throw failureOfBody(what, 200, new TypeError('a watch event has no object'));
  }
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: object as T };
    case 'BOOKMARK':
      return { type, resourceVersion: object.metadata.resourceVersion ?? '' };
    default:
      return undefined;
  }
}

function hasMetadata(object: unknown): object is KubeObject {
  const metadata = (object as { metadata?: unknown } | null | undefined)?.metadata;
  return typeof metadata === 'object' && metadata !== null;
}
