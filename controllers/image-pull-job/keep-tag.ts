import { isDeepStrictEqual } from 'node:util';
import type { NodeImage, NodeImageSpec } from '../../api/node-image.ts';
import { findTag, withImage, withoutOwner, withTag } from '../node-image-writer/tag-edit.ts';
import { sharedPolicy } from './assign-tag.ts';
import { entryState } from './entry-state.ts';
import type { TagRequest } from './tag-request.ts';

/** What a release is for: the entry whatever its state, a pull that has not ended, or one that has not even started. */
export type ReleaseOf = 'any' | 'pending' | 'unstarted';

/** The spec without the job on the entry. The same object when the pull has got further than the release is for. */
export function releaseTag(
  nodeImage: NodeImage,
  request: TagRequest,
  which: ReleaseOf,
): NodeImageSpec {
  const spec = nodeImage.spec ?? {};
  const state = entryState(nodeImage, request, request.uid);
  if (which !== 'any' && state.kind !== 'pending') return spec;
  if (which === 'unstarted' && state.kind === 'pending' && state.started) return spec;
  return withoutOwner(spec, request, request.uid);
}

/** The spec with the policy of an edited job on its unfinished pull, without starting that over. */
export function refreshTag(nodeImage: NodeImage, request: TagRequest): NodeImageSpec {
  const spec = nodeImage.spec ?? {};
  const image = spec.images?.[request.name];
  const entry = findTag(spec, request);
  if (image === undefined || entry === undefined) return spec;
  if (entryState(nodeImage, request, request.uid).kind !== 'pending') return spec;
  const pullPolicy = sharedPolicy(entry, request);
  if (isDeepStrictEqual(pullPolicy, entry.pullPolicy)) return spec;
  return withImage(spec, request.name, {
    ...image,
    tags: withTag(image.tags, { ...entry, pullPolicy }),
  });
}
