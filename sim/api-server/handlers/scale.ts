import { type ApiRequest, nameOf } from '../http/api-request.ts';
import { ok, type Reply } from '../http/reply.ts';
import type { ApiObject } from '../objects/api-object.ts';
import { isJsonObject, valueAt, withValueAt } from '../objects/json.ts';
import { kindSubjectOf } from '../registry/resource-type.ts';
import { badRequest, invalid } from '../status/api-error.ts';
import { invalidValue } from '../status/field-cause.ts';
import { parseBody } from '../writes/parse-body.ts';
import { currentObject, updateObject, type WishedObject } from '../writes/update-object.ts';
import { refuseForce, writeOptions } from '../writes/write-options.ts';
import { patcherOf } from './patcher.ts';
import { scaleOf } from './scale-view.ts';

/** GET of the scale subresource. */
export function getScale(request: ApiRequest): Reply {
  return ok(scaleOf(request, currentObject(request)));
}

/** PUT of the scale subresource. */
export async function putScale(request: ApiRequest): Promise<Reply> {
  const scale = parseBody(request, 'Scale');
  return writeScale(request, current => scaled(request, current, scale));
}

/** PATCH of the scale subresource: the patch is of the Scale, not of the object behind it. */
export async function patchScale(request: ApiRequest): Promise<Reply> {
  const patch = patcherOf(request);
  return writeScale(request, current => scaled(request, current, patch(scaleOf(request, current))));
}

async function writeScale(
  request: ApiRequest,
  wish: (current: ApiObject) => WishedObject,
): Promise<Reply> {
  const options = writeOptions(request, 'UpdateOptions');
  refuseForce(options);
  return ok(scaleOf(request, await updateObject(request, options, wish)));
}

/** The object with the replicas of a Scale. A Scale without a resource version is meant for whatever is there. */
function scaled(request: ApiRequest, current: ApiObject, scale: unknown): WishedObject {
  if (!isJsonObject(scale) || scale['kind'] !== 'Scale') {
    throw badRequest('the object provided is unrecognized (must be of type Scale)');
  }
  const { specReplicas = [] } = request.version.scale ?? {};
  const replicas = valueAt(scale, ['spec', 'replicas']) ?? 0;
  if (!Number.isInteger(replicas) || Number(replicas) < 0) {
    const field = `.${specReplicas.join('.')}`;
    const cause = invalidValue(field, replicas, 'should be a non-negative integer');
    throw invalid(kindSubjectOf(request.type), nameOf(request), [cause]);
  }
  const object = withValueAt(current, specReplicas, replicas) as ApiObject;
  const revision = valueAt(scale, ['metadata', 'resourceVersion']);
  const { resourceVersion = '' } = current.metadata;
  const wanted = typeof revision === 'string' ? revision : resourceVersion;
  return { object: { ...object, metadata: { ...object.metadata, resourceVersion: wanted } } };
}
