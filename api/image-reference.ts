import { describeJson } from './json.ts';

/**
 * Image references by the grammar of the distribution project (`name[:tag][@digest]`), normalised as Docker does it:
 * `nginx` is `docker.io/library/nginx`.
 */
export interface ImageReference {
  /** Host with optional port: `docker.io`, `reg.example:5000`. */
  readonly registry: string;
  /** Path in the registry: `library/nginx`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

/** A reference, or what is wrong with the text and what to write instead. */
export type ParsedImageReference =
  | { readonly ok: true; readonly reference: ImageReference }
  | { readonly ok: false; readonly message: string };

/** Name and tag under which a NodeImage keeps an image; `tag` is the digest when there is one. */
export interface NodeImageEntryKey {
  readonly name: string;
  readonly tag: string;
}

const DOCKER_HUB = 'docker.io';
const OFFICIAL = 'library/';
const MAX_NAME_LENGTH = 255;
const DEFAULT_TAG = 'latest';

const REGISTRY_LABEL = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const LOWER_HEX = /^[0-9a-f]+$/;
const DIGITS = /^[0-9]+$/;
/** Hex digits by algorithm (OCI image spec, registered algorithms). */
const DIGEST_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

/** Parses any text; never throws. The tag stays undefined when none is written. */
export function parseImageReference(text: string): ParsedImageReference {
  const { name, tag, digest } = splitReference(text);
  const { registry, repository } = splitName(name);
  const message =
    problemOfText(text) ??
    problemOfName(name, registry, repository) ??
    (tag === undefined ? undefined : problemOfTag(tag)) ??
    (digest === undefined ? undefined : problemOfDigest(digest));
  if (message !== undefined) return { ok: false, message };
  return {
    ok: true,
    reference: {
      registry,
      repository,
      ...(tag === undefined ? {} : { tag }),
      ...(digest === undefined ? {} : { digest }),
    },
  };
}

/** True when `text` is a tag. */
export function isImageTag(text: string): boolean {
  return problemOfTag(text) === undefined;
}

/** True when `text` is a digest such as `sha256:…`. */
export function isImageDigest(text: string): boolean {
  return problemOfDigest(text) === undefined;
}

/** The whole name: `docker.io/library/nginx`. */
export function canonicalName(reference: ImageReference): string {
  return `${reference.registry}/${reference.repository}`;
}

/** The shortest name that still means the same: `nginx`, `team/app`, `reg.example:5000/app`. */
export function familiarName(reference: ImageReference): string {
  const { registry, repository } = reference;
  if (registry !== DOCKER_HUB) return canonicalName(reference);
  const parts = repository.split('/');
  const [first = '', second = ''] = parts;
  if (parts.length === 2 && first === 'library') {
    return isImageId(second) ? repository : second;
  }
  // `docker.io/a.b/c` without its registry would name the registry `a.b`.
  return looksLikeRegistry(first) ? canonicalName(reference) : repository;
}

/** Where a NodeImage keeps the image. A digest wins over a tag; without either the tag is `latest`. */
export function nodeImageEntryOf(reference: ImageReference): NodeImageEntryKey {
  return {
    name: familiarName(reference),
    tag: reference.digest ?? reference.tag ?? DEFAULT_TAG,
  };
}

/** The registry host of a name, with its port, in lower case: `docker.io` for `nginx`. */
export function registryOf(name: string): string {
  return splitName(name).registry.toLowerCase();
}

/** What a runtime is asked to pull for an entry: `nginx:1.27`, or `nginx@sha256:…`. */
export function pullReference(name: string, tag: string): string {
  return tag.includes(':') ? `${name}@${tag}` : `${name}:${tag}`;
}

function splitReference(text: string): { name: string; tag?: string; digest?: string } {
  const at = text.indexOf('@');
  const tagged = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? {} : { digest: text.slice(at + 1) };
  const colon = tagged.lastIndexOf(':');
  if (colon <= tagged.lastIndexOf('/')) return { name: tagged, ...digest };
  return { name: tagged.slice(0, colon), tag: tagged.slice(colon + 1), ...digest };
}

function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  if (!looksLikeRegistry(first)) return onDockerHub(name);
  const repository = name.slice(slash + 1);
  if (first === DOCKER_HUB || first === 'index.docker.io') return onDockerHub(repository);
  return { registry: first, repository };
}

function onDockerHub(repository: string): { registry: string; repository: string } {
  const official = repository !== '' && !repository.includes('/');
  return { registry: DOCKER_HUB, repository: official ? OFFICIAL + repository : repository };
}

function looksLikeRegistry(component: string): boolean {
  return component === 'localhost' || component.includes('.') || component.includes(':');
}

/** 64 hex digits are how runtimes write image ids, so the grammar refuses them as names. */
function isImageId(text: string): boolean {
  return text.length === 64 && LOWER_HEX.test(text);
}

function problemOfText(text: string): string | undefined {
  if (text === '') return 'must not be empty; write a reference such as nginx:1.27';
  if (/\s/.test(text)) return 'must not contain white space';
  if (text.includes('://')) return 'must not start with a scheme; write registry/name:tag';
  if (isImageId(text)) return 'is an image id; write the name of the image';
  return undefined;
}

function problemOfName(name: string, registry: string, repository: string): string | undefined {
  if (name === '') return 'has no name; write a reference such as nginx:1.27';
  if (registry.length + 1 + repository.length > MAX_NAME_LENGTH) {
    return `has a name of more than ${MAX_NAME_LENGTH} characters`;
  }
  if (!isRegistry(registry))
    return `has a malformed registry ${describeJson(registry)}; write host or host:port`;
  if (repository.toLowerCase() !== repository) {
    return `must be lower case: write ${describeJson(repository.toLowerCase())} for ${describeJson(repository)}`;
  }
  if (!repository.split('/').every(component => PATH_COMPONENT.test(component))) {
    return `has a malformed name ${describeJson(repository)}; use lower-case letters and digits, separated by one of '.', '_', '__', '-' or '/'`;
  }
  return undefined;
}

function isRegistry(text: string): boolean {
  const [host = '', port, ...rest] = text.split(':', 3);
  if (rest.length > 0 || (port !== undefined && !DIGITS.test(port))) return false;
  return host.split('.').every(label => REGISTRY_LABEL.test(label));
}

function problemOfTag(tag: string): string | undefined {
  if (TAG.test(tag)) return undefined;
  return tag === ''
    ? "has an empty tag; write one after ':' or leave the ':' out"
    : "has a malformed tag; use at most 128 letters, digits, '_', '.' and '-', starting with a letter, a digit or '_'";
}

function problemOfDigest(digest: string): string | undefined {
  const colon = digest.indexOf(':');
  const length = DIGEST_LENGTHS.get(digest.slice(0, Math.max(0, colon)));
  const hex = digest.slice(colon + 1);
  if (length !== undefined && hex.length === length && LOWER_HEX.test(hex)) return undefined;
  return "has a malformed digest; write '@sha256:' and 64 lower-case hex digits";
}
