import { type ApiRequest, nameOf } from '../http/api-request.ts';
import { type ApiObject, inVersion, withField, withMetadata } from '../objects/api-object.ts';
import { asNumber, asObject, asString, deepEqual, withValueAt } from '../objects/json.ts';
import { kindSubjectOf, resourceName, subjectOf } from '../registry/resource-type.ts';
import { conflict } from '../status/api-error.ts';
import type { DeleteOptions, PropagationPolicy } from './delete-options.ts';
import { isReleased } from './release.ts';
import { currentObject, requestedVersion } from './update-object.ts';

/** Finalizers that the garbage collector answers to. */
export const FOREGROUND_FINALIZER = 'foregroundDeletion';
export const ORPHAN_FINALIZER = 'orphan';

/** What became of the object: gone, or marked and held by a finalizer or grace period. */
export interface Deletion {
  readonly object: ApiObject;
  readonly gone: boolean;
}

const ATTEMPTS = 5;
/** A year; far beyond it dates end. */
const MAX_GRACE_SECONDS = 31_536_000;

/** Deletes one object, or marks it as being deleted when something still holds it. */
export async function deleteObject(request: ApiRequest, options: DeleteOptions): Promise<Deletion> {
  const { backend } = request;
  for (let attempt = 1; ; attempt++) {
    const current = currentObject(request);
    requirePreconditions(request, current, options);
    const oldObject = inVersion(current, requestedVersion(request));
    const attributes = { request, operation: 'DELETE', dryRun: options.dryRun, oldObject } as const;
    await backend.admission.mutate(attributes);
    await backend.admission.validate(attributes);
    const deletion = commit(request, current, options);
    if (deletion !== undefined) return deletion;
    if (attempt === ATTEMPTS) throw conflict(subjectOf(request.type), nameOf(request));
  }
}

function requirePreconditions(
  { type }: ApiRequest,
  { metadata }: ApiObject,
  { uid, resourceVersion }: DeleteOptions,
): void {
  const subject = type.custom ? kindSubjectOf(type) : subjectOf(type);
  if (uid !== undefined && uid !== metadata.uid) {
    const detail = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    throw conflict(subject, metadata.name, detail);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const detail = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    throw conflict(subject, metadata.name, detail);
  }
}

/** Undefined when the object changed while admission was asked. */
function commit(
  request: ApiRequest,
  current: ApiObject,
  options: DeleteOptions,
): Deletion | undefined {
  const { backend, type } = request;
  const { store } = backend;
  const resource = resourceName(type);
  const marked = markedForDeletion(current, options, backend.clock.now());
  const gone = isReleased(marked);
  const shown = inVersion(marked, requestedVersion(request));
  if (options.dryRun || marked === current) return { object: shown, gone };
  // What was never marked goes as it was; a pod's last state shows that its grace period was cut to 0.
  const last = current.metadata.deletionTimestamp === undefined ? current : marked;
  const written = gone
    ? store.remove(resource, current, last)
    : store.replace(resource, current, marked);
  if (written === undefined) return undefined;
  return { object: inVersion(written, requestedVersion(request)), gone };
}

/** The object with its deletion timestamp and the finalizer of the propagation policy; itself when it is marked already. */
function markedForDeletion(current: ApiObject, options: DeleteOptions, now: number): ApiObject {
  const finalizers = finalizersFor(current.metadata.finalizers ?? [], options.propagationPolicy);
  const grace = gracePeriod(current, options);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, generation } = current.metadata;
  const sameFinalizers = deepEqual(finalizers, current.metadata.finalizers ?? []);
  if (deletionTimestamp !== undefined && sameFinalizers && grace >= deletionGracePeriodSeconds) {
    return current;
  }
  const isFirst = deletionTimestamp === undefined;
  const marked = withMetadata(current, {
    finalizers: finalizers.length === 0 ? undefined : finalizers,
    deletionTimestamp: timestampAfter(now, grace),
    ...(current.kind === 'Namespace' ? {} : { deletionGracePeriodSeconds: grace }),
    ...(generation === undefined || !isFirst ? {} : { generation: generation + 1 }),
  });
  if (current.kind !== 'Namespace') return marked;
  return withField(marked, 'status', withValueAt(marked['status'], ['phase'], 'Terminating'));
}

/** RFC 3339 with seconds. */
function timestampAfter(now: number, seconds: number): string {
  return new Date(now + seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function finalizersFor(
  finalizers: readonly string[],
  policy: PropagationPolicy | undefined,
): readonly string[] {
  if (policy === undefined) return finalizers;
  const others = finalizers.filter(
    name => name !== FOREGROUND_FINALIZER && name !== ORPHAN_FINALIZER,
  );
  if (policy === 'Background') return others;
  return [...others, policy === 'Foreground' ? FOREGROUND_FINALIZER : ORPHAN_FINALIZER];
}

/** Only pods on a node are deleted gracefully: their kubelet ends them and deletes them with a grace period of 0. */
function gracePeriod(object: ApiObject, { gracePeriodSeconds }: DeleteOptions): number {
  if (object.kind !== 'Pod' || object.apiVersion !== 'v1') return 0;
  const spec = asObject(object['spec']);
  const phase = asString(asObject(object['status'])['phase']) ?? '';
  if (spec['nodeName'] === undefined || ['Succeeded', 'Failed'].includes(phase)) return 0;
  const seconds = gracePeriodSeconds ?? asNumber(spec['terminationGracePeriodSeconds']) ?? 30;
  return Math.min(Math.max(seconds, 0), MAX_GRACE_SECONDS);
}
