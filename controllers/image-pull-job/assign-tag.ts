import type { ObjectReference } from '../../api/meta.ts';
import {
  type ImageSpec,
  type ImageTagSpec,
  isFinalPhase,
  MAX_IMAGES_PER_NODE,
  type NodeImage,
  type NodeImageSpec,
  type PullSecretReference,
  type TagOwner,
  type TagPullPolicy,
} from '../../api/node-image.ts';
import { findTag, withImage, withTag } from '../node-image-writer/tag-edit.ts';
import type { Refusal } from '../node-image-writer/writer.ts';
import { entryState, ownerRow, tagStatusOf } from './entry-state.ts';
import type { TagRequest } from './tag-request.ts';

/** A result of another job is good for a job that is content with a present image, unless the node had time to delete the image. */
const FRESH_MS = 10 * 60_000;
/** Kept of the message of a failure that a raised version would hide. */
const RESULT_MESSAGE_CHARACTERS = 256;

/** How to assign a node. */
export interface AssignOptions {
  readonly nowMs: number;
  /** RFC 3339 of the same moment. */
  readonly now: string;
  /** Pull again although our pull ended. */
  readonly again: boolean;
}

/** True when a node has no room for another image. */
export function isFull({ spec }: NodeImage, name: string): boolean {
  const images = spec?.images ?? {};
  return !(name in images) && Object.keys(images).length >= MAX_IMAGES_PER_NODE;
}

/** Says that a node is full, and for which job that matters. */
export function fullRefusal(nodeImage: NodeImage, request: TagRequest): Refusal {
  const { namespace, name } = request.owner;
  return {
    reason: 'NodeImageFull',
    message: `node ${nodeImage.metadata.name} already holds ${MAX_IMAGES_PER_NODE} images, no room for ${request.name} of job ${namespace}/${name}`,
  };
}

/**
 * The spec in which the node pulls for the job: a new entry, a share in one that is there, or a raised version of it. Safe to repeat:
 * without `again` it changes nothing once the job has its entry.
 */
export function assignTag(
  nodeImage: NodeImage,
  request: TagRequest,
  options: AssignOptions,
): NodeImageSpec | { readonly refused: Refusal } {
  const spec = nodeImage.spec ?? {};
  if (isFull(nodeImage, request.name)) return { refused: fullRefusal(nodeImage, request) };
  const present = findTag(spec, request);
  const entry = entryFor(nodeImage, request, options);
  if (entry === present) return spec;
  const image: ImageSpec = spec.images?.[request.name] ?? { tags: [] };
  return withImage(spec, request.name, {
    ...image,
    ...mergeImage(image, request),
    tags: withTag(image.tags, entry),
  });
}

function entryFor(nodeImage: NodeImage, request: TagRequest, options: AssignOptions): ImageTagSpec {
  const present = findTag(nodeImage.spec ?? {}, request);
  if (present === undefined) {
    const version = (tagStatusOf(nodeImage, request)?.version ?? -1) + 1;
    return newEntry(request, version, options.now);
  }
  const mine = entryState(nodeImage, request, request.uid).kind;
  if (mine === 'pending' || (mine !== 'none' && !options.again)) return present;
  return mine === 'none' && mayShare(nodeImage, present, request, options.nowMs)
    ? share(present, request, options.now)
    : raise(nodeImage, present, request, options.now);
}

function newEntry(request: TagRequest, version: number, now: string): ImageTagSpec {
  return {
    tag: request.tag,
    createdAt: now,
    pullPolicy: request.pullPolicy,
    ownerReferences: [request.owner],
    owners: [{ uid: request.uid, version }],
    version,
    imagePullPolicy: request.imagePullPolicy,
  };
}

/** Whether the pull that is there, running or done, is what this job would ask for. */
function mayShare(
  nodeImage: NodeImage,
  entry: ImageTagSpec,
  request: TagRequest,
  nowMs: number,
): boolean {
  const status = tagStatusOf(nodeImage, request);
  const current = status !== undefined && (status.version ?? 0) >= (entry.version ?? 0);
  const contentWithPresent = request.imagePullPolicy === 'IfNotPresent';
  if (!current || !isFinalPhase(status.phase)) {
    const asked = contentWithPresent || entry.imagePullPolicy === 'Always';
    return asked && hasCredentials(nodeImage, entry, request);
  }
  const endedAtMs = Date.parse(status.completionTime ?? '') || 0;
  return contentWithPresent && status.phase === 'Succeeded' && nowMs - endedAtMs < FRESH_MS;
}

/** A pull that runs was started with the credentials of its owners; a job with others of its own waits for one of its own. */
function hasCredentials(nodeImage: NodeImage, entry: ImageTagSpec, request: TagRequest): boolean {
  if (request.pullSecrets.length === 0) return true;
  const { namespace } = request.owner;
  const image = nodeImage.spec?.images?.[request.name];
  return (
    image !== undefined &&
    missingSecrets(image, request).length === 0 &&
    (entry.ownerReferences ?? []).some(owner => owner.namespace === namespace)
  );
}

function share(entry: ImageTagSpec, request: TagRequest, now: string): ImageTagSpec {
  const version = entry.version ?? 0;
  return {
    ...entry,
    createdAt: entry.createdAt ?? now,
    version,
    pullPolicy: maxPolicy(entry.pullPolicy, request.pullPolicy),
    ownerReferences: withReference(entry.ownerReferences, request.owner),
    owners: [...otherOwners(entry, request.uid), { uid: request.uid, version }],
  };
}

function raise(
  nodeImage: NodeImage,
  entry: ImageTagSpec,
  request: TagRequest,
  now: string,
): ImageTagSpec {
  const others = otherOwners(entry, request.uid).map(row => withResult(nodeImage, request, row));
  const version = Math.max(entry.version ?? 0, tagStatusOf(nodeImage, request)?.version ?? 0) + 1;
  const othersWait = others.some(row => row.result === undefined);
  return {
    ...entry,
    version,
    createdAt: now,
    pullPolicy: sharedPolicy(entry, request),
    ownerReferences: withReference(entry.ownerReferences, request.owner),
    owners: [...others, { uid: request.uid, version }],
    imagePullPolicy:
      othersWait && entry.imagePullPolicy === 'Always' ? 'Always' : request.imagePullPolicy,
  };
}

/** Keeps an ended pull in the row of its owner, because the daemon forgets it with the new version. */
function withResult(nodeImage: NodeImage, request: TagRequest, row: TagOwner): TagOwner {
  if (row.result !== undefined) return row;
  const state = entryState(nodeImage, request, row.uid);
  if (state.kind === 'succeeded') return { ...row, result: { phase: 'Succeeded' } };
  if (state.kind !== 'failed') return row;
  const message = state.failure.message.slice(0, RESULT_MESSAGE_CHARACTERS);
  return { ...row, result: { phase: 'Failed', reason: state.failure.reason, message } };
}

/** Rows of all owners but `uid`, also of those that the peer wrote without one. */
function otherOwners(entry: ImageTagSpec, uid: string): TagOwner[] {
  return (entry.ownerReferences ?? []).flatMap(owner => {
    if (owner.uid === undefined || owner.uid === uid) return [];
    return ownerRow(entry, owner.uid) ?? [];
  });
}

function withReference(
  references: readonly ObjectReference[] | undefined,
  owner: ObjectReference,
): readonly ObjectReference[] {
  const others = (references ?? []).filter(({ uid }) => uid !== owner.uid);
  return [...others, owner];
}

/** The policy of an entry that nobody else needs is the job's own; a shared one is as patient as its most patient owner. */
export function sharedPolicy(entry: ImageTagSpec, request: TagRequest): TagPullPolicy {
  const alone = (entry.ownerReferences ?? []).every(({ uid }) => uid === request.uid);
  const owned = (entry.ownerReferences ?? []).length > 0;
  return owned && alone ? request.pullPolicy : maxPolicy(entry.pullPolicy, request.pullPolicy);
}

function maxPolicy(a: TagPullPolicy | undefined, b: TagPullPolicy): TagPullPolicy {
  const max = (key: keyof TagPullPolicy) => {
    const value = Math.max(a?.[key] ?? 0, b[key] ?? 0);
    return a?.[key] === undefined && b[key] === undefined ? {} : { [key]: value };
  };
  return {
    ...max('timeoutSeconds'),
    ...max('backoffLimit'),
    ...max('activeDeadlineSeconds'),
    ...max('ttlSecondsAfterFinished'),
  };
}

function mergeImage(image: ImageSpec, request: TagRequest): Partial<ImageSpec> {
  const missing = missingSecrets(image, request);
  return {
    ...(missing.length === 0 ? {} : { pullSecrets: [...(image.pullSecrets ?? []), ...missing] }),
    ...(request.sandboxConfig === undefined ? {} : { sandboxConfig: request.sandboxConfig }),
  };
}

function missingSecrets(image: ImageSpec, request: TagRequest): readonly PullSecretReference[] {
  return request.pullSecrets.filter(
    wanted =>
      !(image.pullSecrets ?? []).some(
        has => has.namespace === wanted.namespace && has.name === wanted.name,
      ),
  );
}
