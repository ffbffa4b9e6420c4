import { createHash } from 'node:crypto';
import type { KubeEvent } from '../api/core.ts';
import type { KubeObject, ObjectReference } from '../api/meta.ts';
import type { EventOptions } from './event-recorder.ts';

/** An event that was recorded and not yet written, with how often it happened meanwhile. */
export interface PendingEvent {
  /** Equal for events that are counted together. */
  readonly key: string;
  readonly about: ObjectReference;
  readonly options: EventOptions;
  readonly firstTimestamp: string;
  lastTimestamp: string;
  count: number;
}

/** Who speaks. */
export interface EventSource {
  readonly component: string;
  readonly host?: string;
}

/** kube-apiserver refuses longer messages. */
const MAX_MESSAGE_BYTES = 1024;
/** Kubernetes names have at most 253 characters; a dot and a hash follow. */
const MAX_STEM = 253 - 17;

/** An event about `object` at `time`. */
export function pendingEvent(
  object: KubeObject,
  options: EventOptions,
  time: string,
): PendingEvent {
  const about = referenceTo(object);
  const { type, reason, once } = options;
  const message = cutMessage(options.message);
  const identity = once === undefined ? ['', type, message] : ['once', once];
  return {
    key: JSON.stringify([about.kind, about.namespace, about.name, about.uid, reason, ...identity]),
    about,
    options: { ...options, message },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

/** Events about cluster-scoped objects stand in `default`, as client-go's do. */
export function namespaceOf(event: PendingEvent): string {
  return event.about.namespace ?? 'default';
}

/**
 * The name of the Event object. With `once` the same on every replica and after every restart; otherwise new for each
 * first occurrence.
 */
export function nameOf(event: PendingEvent, source: EventSource): string {
  const { about, options } = event;
  const parts =
    options.once === undefined
      ? [event.key, event.firstTimestamp, source.component, source.host]
      : [about.uid, options.reason, options.once];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  return `${(about.name ?? '').slice(0, MAX_STEM).replace(/[^a-z0-9]+$/, '')}.${hash}`;
}

/** The Event object to create. */
export function eventObject(event: PendingEvent, name: string, source: EventSource): KubeEvent {
  const { type, reason, message } = event.options;
  return {
    metadata: { name, namespace: namespaceOf(event) },
    involvedObject: event.about,
    type,
    reason,
    message,
    source,
    count: event.count,
    firstTimestamp: event.firstTimestamp,
    lastTimestamp: event.lastTimestamp,
  };
}

function referenceTo({ apiVersion, kind, metadata }: KubeObject): ObjectReference {
  const { name, namespace, uid } = metadata;
  return {
    name,
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  };
}

/** Cuts at a character, not inside one. */
function cutMessage(message: string): string {
  if (Buffer.byteLength(message) <= MAX_MESSAGE_BYTES) return message;
  const ellipsis = '…';
  const room = MAX_MESSAGE_BYTES - Buffer.byteLength(ellipsis);
  const bytes = Buffer.from(message).subarray(0, room);
  // A character cut in two decodes to U+FFFD.
  return bytes.toString('utf8').replace(/\uFFFD+$/, '') + ellipsis;
}
