import { isDeepStrictEqual } from 'node:util';
import type { Secret } from '../../api/core.ts';
import { type KubeObject, keyOf } from '../../api/meta.ts';
import {
  type ImageSpec,
  type ImageTagSpec,
  MAX_IMAGES_PER_NODE,
  type NodeImage,
} from '../../api/node-image.ts';
import type { StoredChange } from '../support/fake-kube/fake-store.ts';

const FINALIZER = 'apps.kruise.io/deletion-protection';
const SECRETS_NAMESPACE = 'kruise-daemon-config';
const OWN_ANNOTATIONS = [
  'imagepulljobs.kruise.io/source-key',
  'imagepulljobs.kruise.io/references',
  'imagepulljobs.kruise.io/mode',
  'headstart/updated-at',
];
/** What the manager may write in an entry that a job owns. */
const OWN_ENTRY_FIELDS = [
  'createdAt',
  'pullPolicy',
  'ownerReferences',
  'owners',
  'version',
  'imagePullPolicy',
];

type Json = Readonly<Record<string, unknown>>;

/** What a manager changed that is not its own; nothing when all is well. */
export function foreignChanges(change: StoredChange): readonly string[] {
  const [kind] = change.table.split('.');
  switch (kind) {
    case 'nodeimages':
      return change.type === 'MODIFIED' ? ofNodeImage(change) : [];
    case 'imagepulljobs':
      return change.type === 'MODIFIED' ? ofJob(change) : [];
    case 'imagelistpulljobs':
      return change.type === 'MODIFIED' ? differing(change, ['status']) : [];
    case 'secrets':
      return ofSecret(change);
    default:
      return [`wrote ${kind} ${keyOf(change.object)}`];
  }
}

function without(object: unknown, keys: readonly string[]): Json {
  const entries = Object.entries((object ?? {}) as Json).filter(([key]) => !keys.includes(key));
  return Object.fromEntries(entries);
}

/** Compares two objects but for some top-level fields, and the metadata but for what the server counts. */
function differing(
  { object, previous }: StoredChange,
  own: readonly string[],
  ownMetadata: readonly string[] = [],
): string[] {
  const counted = ['resourceVersion', 'generation', ...ownMetadata];
  const meta = (of?: KubeObject): Json => without(of?.metadata, counted);
  const rest = (of?: KubeObject): Json => without(of, ['metadata', ...own]);
  return [
    ...(isDeepStrictEqual(meta(object), meta(previous)) ? [] : ['changed foreign metadata']),
    ...(isDeepStrictEqual(rest(object), rest(previous)) ? [] : ['changed foreign fields']),
  ];
}

function ofJob(change: StoredChange): string[] {
  // A deletion marks the object.
  const marks = ['finalizers', 'deletionTimestamp'];
  const foreign = (of?: KubeObject) =>
    (of?.metadata.finalizers ?? []).filter(name => name !== FINALIZER);
  const kept = isDeepStrictEqual(foreign(change.object), foreign(change.previous));
  return [...differing(change, ['status'], marks), ...(kept ? [] : ['changed foreign finalizers'])];
}

function ofSecret(change: StoredChange): string[] {
  const { object, previous, type } = change;
  if (object.metadata.namespace !== SECRETS_NAMESPACE) return [`wrote secret ${keyOf(object)}`];
  const before = (previous ?? object) as Secret;
  if (before.metadata.annotations?.[OWN_ANNOTATIONS[0] ?? ''] === undefined) {
    return [`wrote secret ${keyOf(object)}, which is no mirror`];
  }
  if (type !== 'MODIFIED') return [];
  const foreign = (of?: KubeObject): Json => without(of?.metadata.annotations, OWN_ANNOTATIONS);
  const kept = isDeepStrictEqual(foreign(object), foreign(previous));
  return [
    ...differing(change, ['data'], ['annotations']),
    ...(kept ? [] : ['changed foreign annotations']),
  ];
}

function ofNodeImage(change: StoredChange): string[] {
  const before = change.previous as NodeImage;
  const after = change.object as NodeImage;
  const specKept = isDeepStrictEqual(
    without(after.spec, ['images']),
    without(before.spec, ['images']),
  );
  return [
    ...differing(change, ['spec'], ['labels', 'ownerReferences']),
    ...(specKept ? [] : ['changed a foreign field of the spec']),
    ...(isTooFull(after, before) ? ['wrote more images than a NodeImage may hold'] : []),
    ...Object.entries(before.spec?.images ?? {}).flatMap(([name, image]) =>
      ofImage(name, { image, now: after.spec?.images?.[name], status: before.status }),
    ),
  ];
}

const imagesIn = ({ spec }: NodeImage): number => Object.keys(spec?.images ?? {}).length;

const isTooFull = (after: NodeImage, before: NodeImage): boolean =>
  imagesIn(after) > Math.max(MAX_IMAGES_PER_NODE, imagesIn(before));

interface ImageChange {
  readonly image: ImageSpec;
  readonly now: ImageSpec | undefined;
  readonly status: NodeImage['status'];
}

function ofImage(name: string, { image, now, status }: ImageChange): string[] {
  const problems: string[] = [];
  const own = ['tags', 'pullSecrets', 'sandboxConfig'];
  if (now !== undefined && !isDeepStrictEqual(without(image, own), without(now, own))) {
    problems.push(`changed a foreign field of image ${name}`);
  }
  for (const secret of image.pullSecrets ?? []) {
    const mine = secret.namespace === SECRETS_NAMESPACE && secret.mode === 'batch';
    if (mine || now === undefined) continue;
    const kept = now.pullSecrets?.some(other => isDeepStrictEqual(other, secret)) ?? false;
    if (!kept) problems.push(`dropped the foreign secret ${secret.name} of image ${name}`);
  }
  for (const entry of image.tags) {
    const after = now?.tags.find(({ tag }) => tag === entry.tag);
    const ended = status?.imageStatuses?.[name]?.tags.some(
      ({ tag, completionTime }) => tag === entry.tag && completionTime !== undefined,
    );
    problems.push(...ofEntry(`${name}:${entry.tag}`, entry, after, ended === true));
  }
  return problems;
}

const ownersOf = (entry: ImageTagSpec, isJob: boolean) =>
  (entry.ownerReferences ?? []).filter(({ kind }) => (kind === 'ImagePullJob') === isJob);

function ofEntry(
  image: string,
  before: ImageTagSpec,
  after: ImageTagSpec | undefined,
  ended: boolean,
): string[] {
  const foreignOwners = ownersOf(before, false);
  const byHand = (before.ownerReferences ?? []).length === 0;
  const expires = before.pullPolicy?.ttlSecondsAfterFinished !== undefined && ended;
  if (after === undefined) {
    const mayGo = (foreignOwners.length === 0 && !byHand) || expires;
    return mayGo ? [] : [`removed the foreign entry ${image}`];
  }
  const problems: string[] = [];
  if (!isDeepStrictEqual(ownersOf(after, false), foreignOwners)) {
    problems.push(`changed foreign owners of ${image}`);
  }
  const adopted = ownersOf(after, true).length > 0;
  const own = adopted || !byHand ? OWN_ENTRY_FIELDS : ['createdAt'];
  if (!isDeepStrictEqual(without(before, own), without(after, own))) {
    problems.push(`changed a foreign field of ${image}`);
  }
  if (
    !adopted &&
    byHand &&
    before.createdAt !== undefined &&
    after.createdAt !== before.createdAt
  ) {
    problems.push(`changed createdAt of ${image}`);
  }
  return problems;
}
