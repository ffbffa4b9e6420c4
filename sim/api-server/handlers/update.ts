import { type ApiRequest, nameOf } from '../http/api-request.ts';
import { ok, type Reply } from '../http/reply.ts';
import type { ApiObject } from '../objects/api-object.ts';
import { subjectOf } from '../registry/resource-type.ts';
import { badRequest, invalid } from '../status/api-error.ts';
import { invalidValue } from '../status/field-cause.ts';
import { createObject } from '../writes/create-object.ts';
import { decodeObject } from '../writes/decode-object.ts';
import { parseBody } from '../writes/parse-body.ts';
import { updateObject } from '../writes/update-object.ts';
import { writeOptions } from '../writes/write-options.ts';
import { presentObject } from './present.ts';

/** PUT of an object or of its status. */
export async function putObject(request: ApiRequest): Promise<Reply> {
  const name = nameOf(request);
  const options = writeOptions(request, 'UpdateOptions');
  const object = decodeObject(request, parseBody(request, request.type.kind), options);
  requireName(name, object);
  if (createsOnUpdate(request)) {
    return {
      code: 201,
      json: presentObject(request, await createObject(request, options, { object })),
    };
  }
  requireRevision(request, object);
  return ok(presentObject(request, await updateObject(request, options, () => ({ object }))));
}

/** The object must bear the name in the URL. */
export function requireName(name: string, { metadata }: ApiObject): void {
  if (metadata.name === name) return;
  throw badRequest(
    metadata.name === undefined
      ? `the name of the object (${name} based on URL) was undeterminable: name must be provided`
      : `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
  );
}

/** Leases may be created by PUT, as the election code of client-go expects. */
function createsOnUpdate({ backend, type, namespace, name }: ApiRequest): boolean {
  if (type.kind !== 'Lease' || type.custom) return false;
  const leases = backend.store.collection('leases.coordination.k8s.io');
  return leases.get(`${namespace}/${name}`) === undefined;
}

/** Custom resources are not updated blindly. */
function requireRevision({ type }: ApiRequest, { metadata }: ApiObject): void {
  if (!type.custom || metadata.resourceVersion !== undefined) return;
  const rule = 'must be specified for an update';
  const cause = invalidValue('metadata.resourceVersion', 0, rule);
  throw invalid(subjectOf(type), metadata.name, [cause]);
}
