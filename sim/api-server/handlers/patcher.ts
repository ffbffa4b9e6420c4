import type { ApiRequest } from '../http/api-request.ts';
import { isJsonObject } from '../objects/json.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../patch/strategic-merge-patch.ts';
import { ApiError, badRequest, unsupportedMediaType } from '../status/api-error.ts';
import { parseJson } from '../writes/parse-body.ts';

export const APPLY_PATCH = 'application/apply-patch+yaml';
const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';

/** Makes the patched JSON from the current one. */
export type Patcher = (current: object) => unknown;

/** The media types of patches that a resource takes: strategic merge needs Go types, so custom resources have none. */
export function patchTypes({ type }: Pick<ApiRequest, 'type'>): readonly string[] {
  const all = [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH];
  return type.custom ? all.filter(name => name !== STRATEGIC_PATCH) : all;
}

/** Reads the patch in the body; a format that the resource does not take is refused (415). */
export function patcherOf(request: ApiRequest): Patcher {
  const { contentType, body } = request;
  const types = patchTypes(request);
  if (!types.includes(contentType)) throw unsupportedMediaType(types);
  const patch = parseJson(body, 'error decoding patch');
  if (contentType === JSON_PATCH) return jsonPatcher(patch);
  if (!isJsonObject(patch)) throw badRequest('error decoding patch: a patch is an object');
  const apply = contentType === MERGE_PATCH ? applyMergePatch : applyStrategicMergePatch;
  return current => apply(current, patch);
}

function jsonPatcher(patch: unknown): Patcher {
  if (!Array.isArray(patch)) {
    throw badRequest('error decoding patch: json: a JSON patch is a list of operations');
  }
  return current => {
    const outcome = applyJsonPatch(current, patch);
    if (outcome.ok) return outcome.value;
    const message = 'the server rejected our request due to an error in our request';
    throw new ApiError(422, message, { reason: 'Invalid', details: {} });
  };
}
