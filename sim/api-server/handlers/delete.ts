import type { ApiRequest } from '../http/api-request.ts';
import { collectionOf } from '../http/api-request.ts';
import { ok, type Reply } from '../http/reply.ts';
import { resourceName, subjectOf } from '../registry/resource-type.ts';
import { selectionOf } from '../selectors/selection.ts';
import { type Deletion, deleteObject } from '../writes/delete-object.ts';
import { deleteOptions } from '../writes/delete-options.ts';
import { presentList, presentObject } from './present.ts';

/** Kinds whose last state is the answer to their deletion. */
const RETURNS_OBJECT = ['pods', 'services', 'serviceaccounts'];

/** DELETE of one object. */
export async function deleteOne(request: ApiRequest): Promise<Reply> {
  const deletion = await deleteObject(request, deleteOptions(request));
  const showsObject = !deletion.gone || RETURNS_OBJECT.includes(resourceName(request.type));
  return ok(
    showsObject ? presentObject(request, deletion.object) : successStatus(request, deletion),
  );
}

function successStatus({ type }: ApiRequest, { object }: Deletion): object {
  const { group, resource } = subjectOf(type);
  const { name, uid } = object.metadata;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group === '' ? {} : { group }), kind: resource, uid },
  };
}

/** DELETE of everything in a collection that the selectors match. */
export async function deleteCollection(request: ApiRequest): Promise<Reply> {
  const options = deleteOptions(request);
  const objects = collectionOf(request).list().filter(selectionOf(request).matches);
  for (const { metadata } of objects) {
    const { name, namespace } = metadata;
    await deleteObject({ ...request, name, namespace }, options);
  }
  const resourceVersion = String(request.backend.store.revision);
  return ok(presentList(request, objects, { resourceVersion }));
}
