import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ObjectMeta } from '../../../api/meta.ts';
import { apiVersionOf, type Resource } from '../../../api/resource.ts';
import { KubeError } from '../../../kube/kube-error.ts';

/** What an API server does to the metadata and the status of an object that is written. */

const WITHOUT_STATUS = new Set([
  'events',
  'leases',
  'secrets',
  'serviceaccounts',
  'controllerrevisions',
]);

const SET_BY_SERVER = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
]);

/** Kinds of groups with a domain come from CRDs, which count generations. */
const isCustom = ({ group }: Resource): boolean =>
  group.includes('.') && !group.endsWith('.k8s.io');

/** `object` with the apiVersion and kind of `resource`. */
export function typed<T extends KubeObject>(resource: Resource<T>, object: T): T {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

/** What a client may choose of the metadata of a new object. */
export function userMetadata(metadata: ObjectMeta): ObjectMeta {
  const isChosen = ([key]: [string, unknown]) => !SET_BY_SERVER.has(key);
  return Object.fromEntries(Object.entries(metadata).filter(isChosen)) as unknown as ObjectMeta;
}

/** The first generation, for kinds that count them. */
export function firstGeneration(resource: Resource): { generation?: number } {
  return isCustom(resource) ? { generation: 1 } : {};
}

/** A new object as it is stored: custom kinds begin without a status. */
export function newObject<T extends KubeObject>(resource: Resource<T>, object: T): T {
  return isCustom(resource) && hasStatus(resource) ? withStatusOf(object, undefined) : object;
}

/** What a write to the main resource makes of `current`. */
export function mainUpdate<T extends KubeObject>(resource: Resource<T>, current: T, wanted: T): T {
  const next = typed(
    resource,
    hasStatus(resource) ? withStatusOf(wanted, statusOf(current)) : wanted,
  );
  const metadata = { ...next.metadata, ...fixedMetadata(current.metadata) };
  const { generation } = current.metadata;
  if (generation === undefined || isDeepStrictEqual(specOf(next), specOf(current))) {
    return { ...next, metadata };
  }
  return { ...next, metadata: { ...metadata, generation: generation + 1 } };
}

/** What a write to the status subresource makes of `current`. */
export function statusUpdate<T extends KubeObject>(current: T, wanted: T): T {
  return withStatusOf(current, statusOf(wanted));
}

/** True when nothing holds a deleted object any longer. */
export function isReleased({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
}

/** Throws the conflict that a write with another uid or resourceVersion means. */
export function checkIdentity(resource: Resource, current: ObjectMeta, wanted: ObjectMeta): void {
  if (wanted.uid !== undefined && wanted.uid !== current.uid) {
    throw refusal(resource, current.name, 'Conflict', 'the uid is another one');
  }
  if (wanted.resourceVersion && wanted.resourceVersion !== current.resourceVersion) {
    const message = 'the object has been modified; please apply your changes to the latest version';
    throw refusal(resource, current.name, 'Conflict', message);
  }
}

const STATUSES = { NotFound: 404, Conflict: 409, AlreadyExists: 409 } as const;

/** The error of a refused request, in the words of the API server. */
export function refusal(
  resource: Resource,
  name: string,
  reason: keyof typeof STATUSES,
  message: string,
): KubeError {
  const status = STATUSES[reason];
  const group = resource.group === '' ? '' : `.${resource.group}`;
  return new KubeError(`${resource.plural}${group} "${name}" ${message}`, { status, reason });
}

const hasStatus = ({ plural }: Resource): boolean => !WITHOUT_STATUS.has(plural);

const statusOf = (object: KubeObject): unknown => (object as { status?: unknown }).status;

function withStatusOf<T extends KubeObject>(object: T, status: unknown): T {
  const { status: _, ...rest } = object as T & { status?: unknown };
  return (status === undefined ? rest : { ...rest, status }) as T;
}

function fixedMetadata(current: ObjectMeta): Partial<ObjectMeta> {
  const { name, namespace, uid, resourceVersion, generation } = current;
  const { creationTimestamp, deletionTimestamp } = current;
  const fixed = { name, namespace, uid, resourceVersion, generation };
  const entries = Object.entries({ ...fixed, creationTimestamp, deletionTimestamp });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function specOf(object: KubeObject): unknown {
  const {
    metadata: _metadata,
    status: _status,
    ...rest
  } = object as KubeObject & { status?: unknown };
  return rest;
}
