import { objectKey } from '../../../api/meta.ts';
import { timestamp } from '../../../runtime/clock.ts';
import { shapeOf } from '../apply/merge-shape.ts';
import { trackUpdate } from '../apply/track-update.ts';
import { type ApiRequest, collectionOf } from '../http/api-request.ts';
import { type ApiObject, inVersion, withMetadata } from '../objects/api-object.ts';
import {
  groupVersion,
  kindSubjectOf,
  resourceName,
  storageVersionOf,
  subjectOf,
} from '../registry/resource-type.ts';
import { alreadyExists } from '../status/api-error.ts';
import { chooseName } from './generate-name.ts';
import { requireLiveNamespace } from './namespace-gate.ts';
import { normalise } from './normalise.ts';
import { validateObject } from './object-rules.ts';
import { asNew, countsGenerations, type WriteContext, withInitialStatus } from './prepare.ts';
import { requestedVersion, type WishedObject } from './update-object.ts';
import { managerName, type WriteOptions } from './write-options.ts';

/** Creates a decoded object: admission, rules, store. */
export async function createObject(
  request: ApiRequest,
  options: WriteOptions,
  { object, tracked: isTracked = false }: WishedObject,
): Promise<ApiObject> {
  const { backend, type, version } = request;
  requireLiveNamespace(request, object.metadata.name);
  const context = { type, version, subresource: undefined, time: timestamp(backend.clock) };
  const fresh = asNew(object, context);
  const asItIs = isTracked || backend.isTrusting;
  const tracked = asItIs ? fresh : trackedCreate(request, options, { object: fresh, context });
  const attributes = { request, operation: 'CREATE', dryRun: options.dryRun } as const;
  const mutated = await backend.admission.mutate({ ...attributes, object: tracked });
  const complete = completed(request, mutated, context);
  if (!backend.isTrusting) validateObject(request, complete, undefined);
  await backend.admission.validate({ ...attributes, object: complete });
  requireLiveNamespace(request, complete.metadata.name);
  return stored(request, complete, options);
}

function trackedCreate(
  request: ApiRequest,
  options: WriteOptions,
  { object, context }: { readonly object: ApiObject; readonly context: WriteContext },
): ApiObject {
  const manager = {
    name: managerName(options, request),
    operation: 'Update',
    apiVersion: requestedVersion(request),
  } as const;
  const shape = shapeOf(request.version.schema?.root);
  const after = withMetadata(object, { managedFields: undefined });
  return trackUpdate({ after, manager, shape, time: context.time });
}

function completed(request: ApiRequest, object: ApiObject, context: WriteContext): ApiObject {
  const { backend, type } = request;
  const fresh = withInitialStatus(asNew(normalise(request, object).object, context), context);
  const name = chooseName(fresh.metadata, {
    random: backend.random,
    isTaken: candidate =>
      collectionOf(request).get(objectKey(candidate, fresh.metadata.namespace)) !== undefined,
    subject: kindSubjectOf(type),
  });
  return withMetadata(fresh, {
    name,
    uid: backend.uuid(),
    creationTimestamp: context.time,
    ...(countsGenerations(request) ? { generation: 1 } : {}),
  });
}

function stored(request: ApiRequest, object: ApiObject, { dryRun }: WriteOptions): ApiObject {
  const { backend, type } = request;
  const { name, namespace } = object.metadata;
  const taken = collectionOf(request).get(objectKey(name, namespace)) !== undefined;
  if (taken) throw alreadyExists(subjectOf(type), name);
  if (dryRun) return object;
  const storageVersion = groupVersion(type.group, storageVersionOf(type).name);
  const created = backend.store.create(resourceName(type), inVersion(object, storageVersion));
  if (created === undefined) throw alreadyExists(subjectOf(type), name);
  return inVersion(created, object.apiVersion);
}
