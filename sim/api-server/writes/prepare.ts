import { type ApiObject, withField, withMetadata, withoutFields } from '../objects/api-object.ts';
import { deepEqual } from '../objects/json.ts';
import type { ServedResource } from '../registry/registry.ts';
import { resourceName } from '../registry/resource-type.ts';
import { serverStatus } from '../registry/server-status.ts';

/** A write on its way: which resource, which part of it, and when. */
export interface WriteContext extends ServedResource {
  readonly subresource: string | undefined;
  readonly time: string;
}

/**
 * What is left of an object from a client when everything that only the server may say is taken away. Only Nodes register with a
 * status.
 */
export function asNew(object: ApiObject, context: WriteContext): ApiObject {
  const wiped = withMetadata(object, {
    uid: undefined,
    resourceVersion: undefined,
    generation: undefined,
    creationTimestamp: undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
  });
  const keepsStatus = !context.version.hasStatus || resourceName(context.type) === 'nodes';
  return keepsStatus ? wiped : withoutFields(wiped, 'status');
}

/** A new object with the status that the server gives it. */
export function withInitialStatus(object: ApiObject, context: WriteContext): ApiObject {
  if (!context.version.hasStatus) return object;
  const status = serverStatus(context.type, object, { ...context, old: undefined });
  return withField(object, 'status', status);
}

/**
 * What an update makes of the stored object: the parts that the endpoint may write come from `desired`, the rest stays. The
 * generation counts changes of everything but metadata and status.
 */
export function asUpdate(current: ApiObject, desired: ApiObject, context: WriteContext): ApiObject {
  const isStatusWrite = context.subresource === 'status';
  const next = isStatusWrite
    ? withStatusOf(current, desired, context)
    : withSpecOf(current, desired, context);
  const { uid, generation, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } =
    current.metadata;
  const kept = withMetadata(next, {
    uid,
    generation,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    resourceVersion: current.metadata.resourceVersion,
  });
  if (generation === undefined || deepEqual(counted(current, context), counted(kept, context))) {
    return kept;
  }
  return withMetadata(kept, { generation: generation + 1 });
}

function withSpecOf(current: ApiObject, desired: ApiObject, context: WriteContext): ApiObject {
  if (!context.version.hasStatus) return desired;
  const status = serverStatus(context.type, desired, { ...context, old: current });
  return withField(desired, 'status', status);
}

/** Built-in kinds take metadata on their status endpoint too: kubelets label their nodes there. */
function withStatusOf(current: ApiObject, desired: ApiObject, { type }: WriteContext): ApiObject {
  const metadata = type.custom
    ? { ...current.metadata, ...managedFieldsOf(desired) }
    : desired.metadata;
  return withField({ ...current, metadata }, 'status', desired['status']);
}

function managedFieldsOf({ metadata: { managedFields } }: ApiObject): object {
  return managedFields === undefined ? {} : { managedFields };
}

function counted(object: ApiObject, { version }: WriteContext): ApiObject {
  const ignored = version.hasStatus ? ['metadata', 'status'] : ['metadata'];
  return withoutFields(object, 'apiVersion', ...ignored);
}

/** Built-in kinds that count generations. */
const COUNTING_GROUPS = [
  'apps',
  'batch',
  'policy',
  'networking.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
];

/** True when objects of the type carry `metadata.generation`. */
export function countsGenerations({ type }: ServedResource): boolean {
  return type.custom || COUNTING_GROUPS.includes(type.group) || resourceName(type) === 'pods';
}
