import { isJsonObject, memberAt } from '../api/json.ts';
import type { ObjectReference } from '../api/meta.ts';
import { isDnsSubdomain } from '../api/name-rules.ts';
import type {
  ImageSpec,
  ImageTagSpec,
  NodeImage,
  PullSecretReference,
  TagPullPolicy,
} from '../api/node-image.ts';
import { FieldReader, type Kind } from './field-reader.ts';
import { readStatus } from './read-status.ts';

/** A tag entry whose fields can be trusted. */
export interface ReadTagSpec extends ImageTagSpec {
  /** What in it, or in its image, makes no sense; such fields are left out. */
  readonly problem?: string;
}

/** An image whose fields can be trusted. */
export interface ReadImageSpec extends ImageSpec {
  readonly tags: readonly ReadTagSpec[];
}

/** A NodeImage whose fields can be trusted. */
export interface ReadNodeImage extends NodeImage {
  readonly spec: { readonly images: Readonly<Record<string, ReadImageSpec>> };
}

/**
 * Reads a NodeImage that nothing has checked: admission may be off, and a schema older than ours. Entries without a tag are left out, for nothing
 * could be said about them; tags with a malformed field say so. Never throws.
 */
export function readNodeImage({ metadata, spec, status }: NodeImage): ReadNodeImage {
  const images = memberAt(spec, 'images');
  const entries = isJsonObject(images) ? Object.entries(images) : [];
  const read = readStatus(status);
  return {
    metadata,
    spec: { images: Object.fromEntries(entries.map(([name, image]) => [name, readImage(image)])) },
    ...(read === undefined ? {} : { status: read }),
  };
}

const TEXT: Kind<string> = { is: value => typeof value === 'string', name: 'a text' };
const WHOLE_NUMBER: Kind<number> = {
  is: (value): value is number => Number.isSafeInteger(value),
  name: 'a whole number',
};
const COUNT: Kind<number> = {
  is: (value): value is number => WHOLE_NUMBER.is(value) && value >= 0,
  name: 'a whole number, 0 or more',
};
const OBJECT_NAME: Kind<string> = {
  is: (value): value is string => TEXT.is(value) && isDnsSubdomain(value),
  name: 'a name of lower-case letters, digits, - and .',
};
const POLICY: Kind<'Always' | 'IfNotPresent' | ''> = {
  is: value => value === 'Always' || value === 'IfNotPresent' || value === '',
  name: 'Always or IfNotPresent',
};

function readImage(value: unknown): ReadImageSpec {
  const image = new FieldReader(value);
  const sandbox = image.object('sandboxConfig');
  const labels = sandbox?.map('labels', TEXT);
  const annotations = sandbox?.map('annotations', TEXT);
  const pullSecrets = image.list('pullSecrets')?.map(readPullSecret);
  const tags = memberAt(value, 'tags');
  return {
    ...(pullSecrets === undefined ? {} : { pullSecrets: pullSecrets.filter(isDefined) }),
    sandboxConfig: {
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    tags: Array.isArray(tags)
      ? tags.map(tag => readTag(tag, image.problems)).filter(isDefined)
      : [],
  };
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function readPullSecret(secret: FieldReader): PullSecretReference | undefined {
  const namespace = secret.required('namespace', OBJECT_NAME);
  const name = secret.required('name', OBJECT_NAME);
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

function readTag(value: unknown, problemsOfImage: readonly string[]): ReadTagSpec | undefined {
  const tag = memberAt(value, 'tag');
  if (typeof tag !== 'string' || tag === '') return undefined;
  const entry = new FieldReader(value);
  const version = entry.optional('version', COUNT);
  const imagePullPolicy = entry.optional('imagePullPolicy', POLICY);
  const createdAt = entry.optional('createdAt', TEXT);
  const pullPolicy = readPullPolicy(entry.object('pullPolicy'));
  const ownerReferences = entry.list('ownerReferences')?.map(readOwner);
  const problems = [...problemsOfImage, ...entry.problems];
  return {
    tag,
    pullPolicy,
    ...(version === undefined ? {} : { version }),
    ...(imagePullPolicy === undefined || imagePullPolicy === '' ? {} : { imagePullPolicy }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
    ...(problems.length === 0 ? {} : { problem: problems.join('; ') }),
  };
}

const PULL_POLICY_FIELDS = ['timeoutSeconds', 'backoffLimit', 'activeDeadlineSeconds'] as const;

function readPullPolicy(policy: FieldReader | undefined): TagPullPolicy {
  return policy?.some(PULL_POLICY_FIELDS, WHOLE_NUMBER) ?? {};
}

const OWNER_FIELDS = ['apiVersion', 'kind', 'namespace', 'name', 'uid'] as const;

function readOwner(owner: FieldReader): ObjectReference {
  return owner.some(OWNER_FIELDS, TEXT);
}
