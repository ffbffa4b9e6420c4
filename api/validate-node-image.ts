import { checkSandboxConfig } from './check-pull-job-template.ts';
import { checkPullPolicy } from './check-pull-policies.ts';
import {
  checkList,
  checkObject,
  checkObjectName,
  checkOneOf,
  checkUnique,
  checkWholeNumber,
  MAX_INT32,
  MAX_INT64,
  mustBe,
} from './field-checks.ts';
import type { Violation } from './field-error.ts';
import { IMAGE_PULL_POLICIES } from './image-pull-job.ts';
import { familiarName, isImageDigest, isImageTag, parseImageReference } from './image-reference.ts';
import { isJsonObject, type JsonObject, memberAt, sameJson } from './json.ts';
import { MAX_IMAGES_PER_NODE } from './node-image.ts';
import { ratchet, type Validation } from './ratchet.ts';

/**
 * Judges a NodeImage, with the stored one on update. Takes any JSON, never throws, reports every violation at once (behaviour 4).
 * `createdAt` and `pullPolicy` may be missing: whoever defaults them, the webhook or the controller, comes later than the writer.
 */
export function validateNodeImage(object: unknown, old?: unknown): Validation {
  const spec = memberAt(object, 'spec');
  const { errors, warnings } = ratchet(
    check(spec),
    old == null ? [] : check(memberAt(old, 'spec')),
  );
  return { errors, warnings: [...warnings, ...nameWarnings(spec, memberAt(old, 'spec'))] };
}

function check(spec: unknown): Violation[] {
  const images = memberAt(spec, 'images');
  const path = 'spec.images';
  if (!isJsonObject(images)) return [...checkObject(spec, 'spec'), ...checkObject(images, path)];
  return [
    ...checkCount(images, path),
    ...Object.entries(images).flatMap(([name, image]) => [
      ...checkName(name, `${path}[${name}]`),
      ...checkImage(image, `${path}[${name}]`),
    ]),
  ];
}

function checkCount(images: JsonObject, path: string): Violation[] {
  const count = Object.keys(images).length;
  if (count <= MAX_IMAGES_PER_NODE) return [];
  const message = `must hold at most ${MAX_IMAGES_PER_NODE} images, not ${count}; remove images that are no longer wanted`;
  return [{ path, message, value: count }];
}

function checkName(name: string, path: string): Violation[] {
  const parsed = parseImageReference(name);
  if (!parsed.ok)
    return [{ path, message: `the name of the image ${parsed.message}`, value: name }];
  const { tag, digest } = parsed.reference;
  if (tag === undefined && digest === undefined) return [];
  const message = `the name of the image must stand alone; write ${digest ?? tag} into its tags`;
  return [{ path, message, value: name }];
}

function checkImage(image: unknown, path: string): Violation[] {
  if (!isJsonObject(image)) return mustBe('an object with tags', image, path);
  const tags = memberAt(image, 'tags');
  return [
    ...(tags === undefined ? mustBe('a list of tags', tags, `${path}.tags`) : []),
    ...checkList(tags, `${path}.tags`, checkTag),
    ...(Array.isArray(tags) ? checkUnique(tags.map(tagOf), `${path}.tags`) : []),
    ...checkList(memberAt(image, 'pullSecrets'), `${path}.pullSecrets`, checkPullSecret),
    ...checkSandboxConfig(memberAt(image, 'sandboxConfig'), `${path}.sandboxConfig`),
  ];
}

function tagOf(tag: unknown): unknown {
  return memberAt(tag, 'tag');
}

function checkTag(tag: unknown, path: string): Violation[] {
  if (!isJsonObject(tag)) return mustBe('an object with a tag', tag, path);
  return [
    ...checkTagName(tagOf(tag), `${path}.tag`),
    ...checkCreatedAt(memberAt(tag, 'createdAt'), `${path}.createdAt`),
    ...checkWholeNumber(memberAt(tag, 'version'), `${path}.version`, { min: 0, max: MAX_INT64 }),
    ...checkOneOf(memberAt(tag, 'imagePullPolicy'), `${path}.imagePullPolicy`, IMAGE_PULL_POLICIES),
    ...checkTagPolicy(tag, `${path}.pullPolicy`),
    ...checkList(memberAt(tag, 'ownerReferences'), `${path}.ownerReferences`, (owner, at) =>
      isJsonObject(owner) ? [] : mustBe('an object', owner, at),
    ),
  ];
}

function checkTagName(tag: unknown, path: string): Violation[] {
  if (typeof tag === 'string' && (isImageTag(tag) || isImageDigest(tag))) return [];
  return mustBe('a tag such as 1.27, or a digest such as sha256:…', tag, path);
}

function checkCreatedAt(value: unknown, path: string): Violation[] {
  if (value === undefined) return [];
  if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return [];
  return mustBe('a time such as 2026-01-31T12:00:00Z', value, path);
}

function checkTagPolicy(tag: JsonObject, path: string): Violation[] {
  const policy = memberAt(tag, 'pullPolicy');
  const ttl = memberAt(policy, 'ttlSecondsAfterFinished');
  const deadline = memberAt(policy, 'activeDeadlineSeconds');
  return [
    ...checkPullPolicy(policy, path),
    ...checkWholeNumber(deadline, `${path}.activeDeadlineSeconds`, { min: 1, max: MAX_INT64 }),
    ...checkWholeNumber(ttl, `${path}.ttlSecondsAfterFinished`, { min: 0, max: MAX_INT32 }),
    ...(ttl === undefined && !hasOwners(tag) ? missingTtl(`${path}.ttlSecondsAfterFinished`) : []),
  ];
}

/** An owned tag goes with its owners; a hand-written one without a TTL would stay for ever. */
function hasOwners(tag: JsonObject): boolean {
  const owners = memberAt(tag, 'ownerReferences');
  return Array.isArray(owners) && owners.length > 0;
}

function missingTtl(path: string): Violation[] {
  const message =
    'is required for a tag without owners; write after how many seconds the finished tag goes';
  return [{ path, message, value: undefined }];
}

function checkPullSecret(secret: unknown, path: string): Violation[] {
  if (!isJsonObject(secret)) return mustBe('an object with namespace and name', secret, path);
  return [
    ...checkObjectName(memberAt(secret, 'namespace'), `${path}.namespace`, 'Namespace'),
    ...checkObjectName(memberAt(secret, 'name'), `${path}.name`, 'Secret'),
  ];
}

/** The daemon understands long names too, but jobs would not find the entry under one. */
function nameWarnings(spec: unknown, oldSpec: unknown): string[] {
  const images = memberAt(spec, 'images');
  const oldImages = memberAt(oldSpec, 'images');
  if (!isJsonObject(images) || sameJson(images, oldImages)) return [];
  return Object.keys(images).flatMap(name => {
    const parsed = parseImageReference(name);
    const familiar = parsed.ok ? familiarName(parsed.reference) : name;
    if (familiar === name || memberAt(oldImages, name) !== undefined) return [];
    return [
      `spec.images[${name}]: jobs know this image as '${familiar}'; use that name to share the pull`,
    ];
  });
}
