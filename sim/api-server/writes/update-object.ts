import { objectKey } from '../../../api/meta.ts';
import { timestamp } from '../../../runtime/clock.ts';
import { shapeOf } from '../apply/merge-shape.ts';
import { trackUpdate } from '../apply/track-update.ts';
import { type ApiRequest, collectionOf, nameOf } from '../http/api-request.ts';
import { type ApiObject, inVersion } from '../objects/api-object.ts';
import { deepEqual } from '../objects/json.ts';
import {
  groupVersion,
  resourceName,
  storageVersionOf,
  subjectOf,
} from '../registry/resource-type.ts';
import { conflict, notFound } from '../status/api-error.ts';
import { normalise } from './normalise.ts';
import { validateObject } from './object-rules.ts';
import { asUpdate, type WriteContext } from './prepare.ts';
import { isReleased } from './release.ts';
import { managerName, type WriteOptions } from './write-options.ts';

/** Makes the wished object from the current one, which it is shown in the requested version. May be called again after a conflict. */
export type Wish = (current: ApiObject) => WishedObject;

/** What a writer wants. */
export interface WishedObject {
  readonly object: ApiObject;
  /** True when `managedFields` are already right, as after server-side apply; otherwise they are made from the change. */
  readonly tracked?: boolean;
}

/** Somebody else may write between read and write; then a patch is made again from the newer object, this often. */
const ATTEMPTS = 5;

/**
 * Writes a change of one object: wish, admission, rules, store. A change that changes nothing is not stored. A wish that insists on a
 * revision fails by itself when it is made again from a newer object.
 */
export async function updateObject(
  request: ApiRequest,
  options: WriteOptions,
  wish: Wish,
): Promise<ApiObject> {
  for (let attempt = 1; ; attempt++) {
    const current = currentObject(request);
    const wished = wish(inVersion(current, requestedVersion(request)));
    requireSameRevision(request, current, wished.object);
    const updated = await attemptUpdate(request, options, { current, wished });
    if (updated !== undefined) return updated;
    if (attempt === ATTEMPTS) throw conflictOn(request);
  }
}

/** The stored object that the request names (404 when there is none). */
export function currentObject(request: ApiRequest): ApiObject {
  const name = nameOf(request);
  const current = collectionOf(request).get(objectKey(name, request.namespace));
  if (current === undefined) throw notFound(subjectOf(request.type), name);
  return current;
}

/** `group/version` of the request. */
export function requestedVersion({ type, version }: ApiRequest): string {
  return groupVersion(type.group, version.name);
}

interface Attempt {
  readonly current: ApiObject;
  readonly wished: WishedObject;
}

/** The written object; undefined when somebody else wrote first. */
async function attemptUpdate(
  request: ApiRequest,
  options: WriteOptions,
  { current, wished }: Attempt,
): Promise<ApiObject | undefined> {
  const { backend, type, version, subresource } = request;
  const context = { type, version, subresource, time: timestamp(backend.clock) };
  const old = inVersion(current, requestedVersion(request));
  const prepared = asUpdate(old, wished.object, context);
  const tracked =
    wished.tracked === true || backend.isTrusting
      ? prepared
      : trackedUpdate(request, options, { old, prepared, context });
  const attributes = {
    request,
    operation: 'UPDATE',
    dryRun: options.dryRun,
    oldObject: old,
  } as const;
  const mutated = await backend.admission.mutate({ ...attributes, object: tracked });
  const next =
    mutated === tracked ? tracked : asUpdate(old, normalise(request, mutated).object, context);
  if (!backend.isTrusting) validateObject(request, next, old);
  await backend.admission.validate({ ...attributes, object: next });
  return stored(request, options, { current, next });
}

function trackedUpdate(
  request: ApiRequest,
  options: WriteOptions,
  write: { readonly old: ApiObject; readonly prepared: ApiObject; readonly context: WriteContext },
): ApiObject {
  const { subresource } = request;
  const manager = {
    name: managerName(options, request),
    operation: 'Update',
    apiVersion: requestedVersion(request),
    ...(subresource === undefined ? {} : { subresource }),
  } as const;
  const shape = shapeOf(request.version.schema?.root);
  const { time } = write.context;
  return trackUpdate({ before: write.old, after: write.prepared, manager, shape, time });
}

function stored(
  request: ApiRequest,
  { dryRun }: WriteOptions,
  { current, next }: { readonly current: ApiObject; readonly next: ApiObject },
): ApiObject | undefined {
  const { backend, type } = request;
  const storageVersion = groupVersion(type.group, storageVersionOf(type).name);
  const candidate = inVersion(next, storageVersion);
  if (collectionOf(request).get(objectKey(nameOf(request), request.namespace)) !== current) {
    return undefined;
  }
  if (dryRun || deepEqual(candidate, current)) return next;
  const resource = resourceName(type);
  if (isReleased(candidate)) {
    backend.store.remove(resource, current, candidate);
    return next;
  }
  const written = backend.store.replace(resource, current, candidate);
  return written === undefined ? undefined : inVersion(written, next.apiVersion);
}

/** A writer that names a uid or revision wants to change that very object and no other. */
function requireSameRevision(request: ApiRequest, current: ApiObject, wished: ApiObject): void {
  const { uid, resourceVersion } = wished.metadata;
  const { metadata } = current;
  if (uid !== undefined && uid !== metadata.uid) {
    const detail = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`;
    throw conflict(subjectOf(request.type), metadata.name, detail);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflictOn(request);
  }
}

function conflictOn(request: ApiRequest): Error {
  return conflict(subjectOf(request.type), nameOf(request));
}
