import type { NodeImageEntryKey } from '../../api/image-reference.ts';
import type { ObjectReference } from '../../api/meta.ts';
import type { ImageSpec, ImageTagSpec, NodeImageSpec } from '../../api/node-image.ts';

/** The entry of that name, if the spec has it. */
export function findTag(
  spec: NodeImageSpec,
  { name, tag }: NodeImageEntryKey,
): ImageTagSpec | undefined {
  return spec.images?.[name]?.tags.find(entry => entry.tag === tag);
}

/** A spec in which `name` holds `image`; without tags it goes. The same object when nothing changes. */
export function withImage(spec: NodeImageSpec, name: string, image: ImageSpec): NodeImageSpec {
  const images = spec.images ?? {};
  if (images[name] === image) return spec;
  if (image.tags.length > 0) return { ...spec, images: { ...images, [name]: image } };
  if (!(name in images)) return spec;
  const { [name]: _emptied, ...kept } = images;
  return { ...spec, images: kept };
}

/** `tags` with `entry` in place of the one of its tag, sorted by tag. */
export function withTag(tags: readonly ImageTagSpec[], entry: ImageTagSpec): ImageTagSpec[] {
  const others = tags.filter(({ tag }) => tag !== entry.tag);
  return [...others, entry].sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

/** `entry` without the owners that `isOwner` refuses; undefined when it had owners and none is left. The same object when all stay. */
export function keepOwners(
  entry: ImageTagSpec,
  isOwner: (owner: ObjectReference) => boolean,
): ImageTagSpec | undefined {
  const references = entry.ownerReferences ?? [];
  const kept = references.filter(isOwner);
  if (kept.length === references.length) return entry;
  if (kept.length === 0) return undefined;
  const { owners, ...rest } = entry;
  const uids = new Set(kept.map(({ uid }) => uid));
  return {
    ...rest,
    ownerReferences: kept,
    ...(owners === undefined ? {} : { owners: owners.filter(({ uid }) => uids.has(uid)) }),
  };
}

/** A spec without the owner `uid` on that entry. The same object when it was not there. */
export function withoutOwner(
  spec: NodeImageSpec,
  of: NodeImageEntryKey,
  uid: string,
): NodeImageSpec {
  const image = spec.images?.[of.name];
  const entry = findTag(spec, of);
  if (image === undefined || entry === undefined) return spec;
  const kept = keepOwners(entry, owner => owner.uid !== uid);
  if (kept === entry) return spec;
  const others = image.tags.filter(({ tag }) => tag !== of.tag);
  const tags = kept === undefined ? others : withTag(others, kept);
  return withImage(spec, of.name, { ...image, tags });
}
