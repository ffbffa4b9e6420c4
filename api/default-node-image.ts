import { changeSpec, defaultPullPolicy, withMembers } from './default-pull-job-template.ts';
import { isJsonObject, type JsonObject, memberAt } from './json.ts';

/**
 * Gives every tag its `createdAt` (`now`, RFC 3339) and pull policy (600 s, 3 retries) and sorts the tags of each image.
 * Takes any JSON; the same object comes back when nothing changes.
 */
export function defaultNodeImage(object: unknown, now: string): unknown {
  return changeSpec(object, spec => {
    const images = memberAt(spec, 'images');
    if (!isJsonObject(images)) return spec;
    const defaulted = Object.entries(images).map(([name, image]) => [
      name,
      defaultImage(image, now),
    ]);
    return withMembers(spec, {
      images: withMembers(images, Object.fromEntries(defaulted) as JsonObject),
    });
  });
}

function defaultImage(image: unknown, now: string): unknown {
  const tags = memberAt(image, 'tags');
  if (!isJsonObject(image) || !Array.isArray(tags)) return image;
  const defaulted = tags.map((tag: unknown) => defaultTag(tag, now));
  const sorted = defaulted.toSorted((a, b) => compareTexts(tagOf(a), tagOf(b)));
  const unchanged = sorted.every((tag, i) => tag === tags[i]);
  return unchanged ? image : { ...image, tags: sorted };
}

function defaultTag(tag: unknown, now: string): unknown {
  if (!isJsonObject(tag)) return tag;
  const pullPolicy = defaultPullPolicy(memberAt(tag, 'pullPolicy'));
  const createdAt = memberAt(tag, 'createdAt') ?? now;
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
