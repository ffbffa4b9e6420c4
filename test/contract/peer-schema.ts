import assert from 'node:assert/strict';
import type {
  ImageSpec,
  ImageTagStatus,
  NodeImage,
  NodeImageStatus,
} from '../../api/node-image.ts';

/** What OpenKruise decodes of an entry; the rest does not exist for it. */
const TAG_FIELDS = [
  'tag',
  'createdAt',
  'pullPolicy',
  'ownerReferences',
  'version',
  'imagePullPolicy',
] as const;
const TAG_STATUS_FIELDS = [
  'tag',
  'phase',
  'progress',
  'startTime',
  'completionTime',
  'version',
  'imageID',
  'message',
] as const;

const PHASES = ['Waiting', 'Pulling', 'Succeeded', 'Failed'];

function pick(object: object, keys: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}

/** `spec.images` as OpenKruise's daemon reads it. */
export function imagesForPeer({ spec }: NodeImage): Readonly<Record<string, unknown>> {
  const entries = Object.entries(spec.images ?? {}).map(([name, image]) => [
    name,
    { ...image, tags: image.tags.map(tag => pick(tag, TAG_FIELDS)) },
  ]);
  return Object.fromEntries(entries);
}

/** `status.imageStatuses` as OpenKruise's manager reads it, by image. */
export function statusesForPeer({
  status,
}: NodeImage): Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> {
  const entries = Object.entries(status?.imageStatuses ?? {}).map(([name, { tags }]) => [
    name,
    tags.map(tag => pick(tag, TAG_STATUS_FIELDS)),
  ]);
  return Object.fromEntries(entries);
}

/** What OpenKruise's validating webhook asks of a NodeImage, and the order that its mutating one makes. */
export function assertPeerAccepts({ spec }: NodeImage): void {
  const images: Readonly<Record<string, ImageSpec>> = spec.images ?? {};
  assert.ok(Object.keys(images).length <= 256);
  for (const [name, { tags }] of Object.entries(images)) {
    assert.notEqual(name, '');
    const names = tags.map(({ tag }) => tag);
    assert.deepEqual(names, [...new Set(names)].sort(), 'tags are unique and sorted');
    for (const { tag, createdAt, pullPolicy, version } of tags) {
      assert.notEqual(tag, '');
      assert.ok(createdAt, 'createdAt is set');
      assert.ok(Number.isInteger(version ?? 0) && (version ?? 0) >= 0);
      for (const field of ['timeoutSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'] as const) {
        assert.ok(Number.isInteger(pullPolicy?.[field]), `${field} is set`);
      }
    }
  }
}

/** What OpenKruise's manager reads from a status without looking twice. */
export function assertPeerUnderstands(nodeImage: NodeImage): void {
  const { status } = nodeImage;
  if (status === undefined) return;
  const all = Object.values(status.imageStatuses ?? {}).flatMap(({ tags }) => tags);
  const count = (phase: string): number => all.filter(tag => tag.phase === phase).length;
  const wanted = Object.values(nodeImage.spec.images ?? {}).flatMap(({ tags }) => tags).length;
  assert.deepEqual(
    [status.desired, status.succeeded, status.failed, status.pulling, status.waiting],
    [wanted, count('Succeeded'), count('Failed'), count('Pulling'), count('Waiting')],
  );
  for (const { tags } of Object.values(status.imageStatuses ?? {})) {
    const names = tags.map(({ tag }) => tag);
    assert.deepEqual(names, [...names].sort(), 'tags are sorted');
  }
  for (const { phase, version, startTime, completionTime, progress = 0 } of all) {
    assert.ok(PHASES.includes(phase), phase);
    assert.equal(typeof version, 'number', 'a status counts for a version');
    assert.equal(completionTime !== undefined, phase === 'Succeeded' || phase === 'Failed');
    assert.ok(phase === 'Waiting' || startTime !== undefined);
    assert.ok(Number.isInteger(progress) && progress >= 0 && progress <= 100);
    for (const time of [startTime, completionTime]) {
      if (time !== undefined) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    }
  }
}

/** The whole status as OpenKruise's daemon puts it: in the place of the old one, with what it knows and nothing else. */
export function statusOfPeer(
  { spec }: NodeImage,
  images: Readonly<Record<string, readonly ImageTagStatus[]>>,
): NodeImageStatus {
  const all = Object.values(images).flat();
  const count = (phase: string): number => all.filter(tag => tag.phase === phase).length;
  const entries = Object.entries(images).map(([name, tags]) => [name, { tags }]);
  return {
    desired: Object.values(spec.images ?? {}).flatMap(({ tags }) => tags).length,
    succeeded: count('Succeeded'),
    failed: count('Failed'),
    pulling: count('Pulling'),
    waiting: count('Waiting'),
    ...(entries.length === 0 ? {} : { imageStatuses: Object.fromEntries(entries) }),
  };
}
