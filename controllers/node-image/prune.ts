import type { ObjectReference } from '../../api/meta.ts';
import { DAEMON_SECRETS_NAMESPACE } from '../../api/names.ts';
import {
  type ImageSpec,
  type ImageTagSpec,
  type ImageTagStatus,
  isFinalPhase,
  type NodeImage,
  type NodeImageSpec,
} from '../../api/node-image.ts';
import { keepOwners } from '../node-image-writer/tag-edit.ts';

/** What is known of the owner of an entry. `foreign`: no job of ours, left alone. `unknown`: not in the cache, which may be late. */
export type OwnerState = 'unfinished' | 'finished' | 'gone' | 'foreign' | 'unknown';

/** What hygiene needs to know. */
export interface PruneFacts {
  readonly ownerState: (owner: ObjectReference) => OwnerState;
  /** Whether one of these owners uses the mirrored secret of that name. */
  readonly usesSecret: (uids: readonly string[], secretName: string) => boolean;
  readonly nowMs: number;
  /** RFC 3339 of the same moment. */
  readonly now: string;
}

/** What is to be kept, and when to look again. */
export interface Pruned {
  /** The same object when all is well. */
  readonly spec: NodeImageSpec;
  /** Milliseconds since the epoch; infinity when only events can change anything. */
  readonly nextCheckMs: number;
}

/**
 * Tags go when all their owners are gone, or when all have finished and the TTL is over; those of an unfinished job never go (W1).
 * Entries written by hand live by their own TTL, and get the `createdAt` they lack.
 */
export function prune(nodeImage: NodeImage, facts: PruneFacts): Pruned {
  const spec = nodeImage.spec ?? {};
  const images: Record<string, ImageSpec> = {};
  let nextCheckMs = Number.POSITIVE_INFINITY;
  for (const [name, image] of Object.entries(spec.images ?? {})) {
    const tags: ImageTagSpec[] = [];
    for (const entry of image.tags) {
      const expiresMs = expiryOf(entry, statusOf(nodeImage, name, entry), facts);
      if (expiresMs <= facts.nowMs) continue;
      const kept = pruneTag(entry, facts);
      if (kept === undefined) continue;
      tags.push(kept);
      nextCheckMs = Math.min(nextCheckMs, expiresMs);
    }
    if (tags.length > 0) images[name] = pruneImage(image, tags, facts);
  }
  return { spec: isSame(images, spec.images ?? {}) ? spec : { ...spec, images }, nextCheckMs };
}

function statusOf(
  nodeImage: NodeImage,
  name: string,
  { tag }: ImageTagSpec,
): ImageTagStatus | undefined {
  return nodeImage.status?.imageStatuses?.[name]?.tags.find(status => status.tag === tag);
}

function isSame(
  a: Readonly<Record<string, ImageSpec>>,
  b: Readonly<Record<string, ImageSpec>>,
): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every(name => a[name] === b[name]);
}

const uidsOf = (entry: ImageTagSpec): readonly string[] =>
  (entry.ownerReferences ?? []).flatMap(({ uid }) => uid ?? []);

/** True while somebody waits for the entry. */
export function isWanted(entry: ImageTagSpec, ownerState: PruneFacts['ownerState']): boolean {
  return (entry.ownerReferences ?? []).some(owner => {
    const state = ownerState(owner);
    return state === 'unfinished' || state === 'unknown';
  });
}

/** When an entry has lived long enough; infinity while somebody waits for it, or when it has no TTL. */
function expiryOf(
  entry: ImageTagSpec,
  status: ImageTagStatus | undefined,
  facts: PruneFacts,
): number {
  const ttlSeconds = entry.pullPolicy?.ttlSecondsAfterFinished;
  const wanted = isWanted(entry, facts.ownerState);
  const ended =
    status !== undefined &&
    isFinalPhase(status.phase) &&
    (status.version ?? 0) >= (entry.version ?? 0);
  if (ttlSeconds === undefined || wanted || !ended || status.completionTime === undefined) {
    return Number.POSITIVE_INFINITY;
  }
  return Date.parse(status.completionTime) + ttlSeconds * 1000;
}

function pruneTag(entry: ImageTagSpec, facts: PruneFacts): ImageTagSpec | undefined {
  const kept = keepOwners(entry, owner => facts.ownerState(owner) !== 'gone');
  if (kept === undefined || kept.createdAt !== undefined) return kept;
  return { ...kept, createdAt: facts.now };
}

/** Mirrored secrets that no owner uses any longer are dropped; references of other kinds belong to others (W45). */
function pruneImage(image: ImageSpec, tags: readonly ImageTagSpec[], facts: PruneFacts): ImageSpec {
  const uids = tags.flatMap(uidsOf);
  const secrets = (image.pullSecrets ?? []).filter(
    ({ namespace, name, mode }) =>
      namespace !== DAEMON_SECRETS_NAMESPACE ||
      mode === undefined ||
      mode === '' ||
      facts.usesSecret(uids, name),
  );
  const unchanged =
    secrets.length === (image.pullSecrets ?? []).length &&
    tags.length === image.tags.length &&
    tags.every((tag, index) => tag === image.tags[index]);
  if (unchanged) return image;
  const { pullSecrets: _pullSecrets, ...rest } = image;
  return { ...rest, ...(secrets.length === 0 ? {} : { pullSecrets: secrets }), tags };
}
