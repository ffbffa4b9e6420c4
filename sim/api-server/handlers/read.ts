import { keyOf, objectKey } from '../../../api/meta.ts';
import { type ApiRequest, collectionOf } from '../http/api-request.ts';
import { ok, type Reply } from '../http/reply.ts';
import type { ApiObject } from '../objects/api-object.ts';
import { type Selection, selectionOf } from '../selectors/selection.ts';
import { expired } from '../status/api-error.ts';
import { decodeContinueToken, encodeContinueToken } from '../store/continue-token.ts';
import { currentObject } from '../writes/update-object.ts';
import { presentList, presentObject } from './present.ts';
import { revisionIn } from './revision.ts';

/** GET of one object. */
export function getObject(request: ApiRequest): Reply {
  return ok(presentObject(request, currentObject(request)));
}

/** GET of a collection, whole or page by page. All pages of a list show the state at its first page. */
export function listObjects(request: ApiRequest): Reply {
  const { query, backend } = request;
  const selection = selectionOf(request);
  const token = query.get('continue') ?? '';
  const start = token === '' ? undefined : decodeContinueToken(token);
  const asked = revisionIn(query, backend.store.revision);
  const exact = query.get('resourceVersionMatch') === 'Exact' ? asked : undefined;
  const revision = start?.revision ?? exact ?? backend.store.revision;
  const objects = objectsAt(request, selection, revision).filter(selection.matches);
  const rest = start === undefined ? objects : objects.filter(o => keyOf(o) > start.after);
  const limit = Number(query.get('limit') ?? 0);
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const last = page.at(-1);
  const resourceVersion = String(revision);
  if (last === undefined || page.length === rest.length) {
    return ok(presentList(request, page, { resourceVersion }));
  }
  const next = encodeContinueToken({ revision, after: keyOf(last) });
  const remainingItemCount = rest.length - page.length;
  return ok(presentList(request, page, { resourceVersion, continue: next, remainingItemCount }));
}

function objectsAt(
  request: ApiRequest,
  { pin }: Selection,
  revision: number,
): readonly ApiObject[] {
  const collection = collectionOf(request);
  const isLatest = revision === request.backend.store.revision;
  const { namespace, type } = request;
  if (isLatest && pin?.field === 'metadata.name' && (namespace !== undefined || !type.namespaced)) {
    const only = collection.get(objectKey(pin.value, namespace));
    return only === undefined ? [] : [only];
  }
  const objects = isLatest ? collection.list() : collection.listAt(revision);
  if (objects !== undefined) return objects;
  throw expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
  );
}
