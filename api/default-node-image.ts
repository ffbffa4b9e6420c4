import { changeSpec, defaultPullPolicy, withMembers } from './default-pull-job-template.ts';
import { isJsonObject, type JsonObject, memberAt } from './json.ts';

/**
 * Gives every tag its `createdAt` (`now`, RFC 3339) and pull policy (600 s, 3 retries) and sorts the tags of each image. A tag that
 * stands in `old` with the same version keeps the time it has there: whoever applies one file again changes nothing.
 * Takes any JSON; the same object comes back when nothing changes.
 */
export function defaultNodeImage(object: unknown, now: string, old?: unknown): unknown {
  return changeSpec(object, spec => {
    const images = memberAt(spec, 'images');
    if (!isJsonObject(images)) return spec;
    const defaulted = Object.entries(images).map(([name, image]) => [
      name,
      defaultImage(image, timesOf(memberAt(old, 'spec', 'images', name)), now),
    ]);
    return withMembers(spec, {
      images: withMembers(images, Object.fromEntries(defaulted) as JsonObject),
    });
  });
}

/** When a version of a tag was written, by tag and version. */
type Times = ReadonlyMap<string, unknown>;

function timesOf(image: unknown): Times {
  const tags = memberAt(image, 'tags');
  return new Map(
    Array.isArray(tags) ? tags.map((tag: unknown) => [keyOf(tag), memberAt(tag, 'createdAt')]) : [],
  );
}

function keyOf(tag: unknown): string {
  const version = memberAt(tag, 'version');
  return `${typeof version === 'number' ? version : 0} ${tagOf(tag)}`;
}

function defaultImage(image: unknown, times: Times, now: string): unknown {
  const tags = memberAt(image, 'tags');
  if (!isJsonObject(image) || !Array.isArray(tags)) return image;
  const defaulted = tags.map((tag: unknown) => defaultTag(tag, times.get(keyOf(tag)) ?? now));
  const sorted = defaulted.toSorted((a, b) => compareTexts(tagOf(a), tagOf(b)));
  const unchanged = sorted.every((tag, i) => tag === tags[i]);
  return unchanged ? image : { ...image, tags: sorted };
}

function defaultTag(tag: unknown, time: unknown): unknown {
  if (!isJsonObject(tag)) return tag;
  const pullPolicy = defaultPullPolicy(memberAt(tag, 'pullPolicy'));
  const createdAt = memberAt(tag, 'createdAt') ?? time;
  return withMembers(tag, { createdAt, pullPolicy });
}

function tagOf(tag: unknown): string {
  const name = memberAt(tag, 'tag');
  return typeof name === 'string' ? name : '';
}

/** Byte order, as Go sorts strings; localeCompare would depend on the machine. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
