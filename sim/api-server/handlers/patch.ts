import { objectKey } from '../../../api/meta.ts';
import { timestamp } from '../../../runtime/clock.ts';
import { type ApplyConflict, applyConfiguration } from '../apply/apply-configuration.ts';
import type { Manager } from '../apply/managed-fields.ts';
import { shapeOf } from '../apply/merge-shape.ts';
import { type ApiRequest, collectionOf, nameOf } from '../http/api-request.ts';
import { ok, type Reply } from '../http/reply.ts';
import { type ApiObject, withField, withoutFields } from '../objects/api-object.ts';
import { isJsonObject } from '../objects/json.ts';
import { ApiError, badRequest, invalidOptions } from '../status/api-error.ts';
import { requiredValue } from '../status/field-cause.ts';
import { createObject } from '../writes/create-object.ts';
import { decodeObject } from '../writes/decode-object.ts';
import { parseJson } from '../writes/parse-body.ts';
import { requestedVersion, updateObject } from '../writes/update-object.ts';
import {
  managerName,
  refuseForce,
  type WriteOptions,
  writeOptions,
} from '../writes/write-options.ts';
import { APPLY_PATCH, patcherOf } from './patcher.ts';
import { presentObject } from './present.ts';
import { requireName } from './update.ts';

/** PATCH of an object or of its status, in any of the four formats. */
export async function patchObject(request: ApiRequest): Promise<Reply> {
  const options = writeOptions(request, 'PatchOptions');
  if (request.contentType === APPLY_PATCH) return applyObject(request, options);
  refuseForce(options);
  const patch = patcherOf(request);
  const patched = await updateObject(request, options, current => {
    const object = decodeObject(request, patch(current), options);
    requireName(nameOf(request), object);
    return { object };
  });
  return ok(presentObject(request, patched));
}

/** Server-side apply: makes the object when it does not exist. */
async function applyObject(request: ApiRequest, options: WriteOptions): Promise<Reply> {
  const config = configurationOf(request, options);
  const name = nameOf(request);
  const exists = collectionOf(request).get(objectKey(name, request.namespace)) !== undefined;
  if (!exists && request.subresource === undefined) {
    const made = applied(request, options, { live: undefined, config });
    const object = decodeObject(request, made, options);
    return {
      code: 201,
      json: presentObject(request, await createObject(request, options, { object, tracked: true })),
    };
  }
  const updated = await updateObject(request, options, live => ({
    object: decodeObject(request, applied(request, options, { live, config }), options),
    tracked: true,
  }));
  return ok(presentObject(request, updated));
}

/** The configuration in the body: only what this endpoint may write, undefaulted, so that it claims only what it says. */
function configurationOf(request: ApiRequest, options: WriteOptions): ApiObject {
  if (options.fieldManager === undefined) {
    const rule = 'is required for apply patch';
    throw invalidOptions('PatchOptions', requiredValue('fieldManager', rule));
  }
  const raw = parseJson(request.body, 'error decoding YAML');
  // Checks it as any other object; unknown fields cannot be applied at all.
  const decoded = decodeObject(request, raw, { fieldValidation: 'Strict' });
  if (decoded.metadata.managedFields !== undefined) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const name = nameOf(request);
  if (decoded.metadata.name !== undefined) requireName(name, decoded);
  const body = isJsonObject(raw) ? raw : {};
  const { apiVersion, kind, metadata } = decoded;
  const named = { ...body, apiVersion, kind, metadata: { ...metadata, name } };
  return writablePart(request, named);
}

function writablePart({ version, subresource }: ApiRequest, config: ApiObject): ApiObject {
  if (!version.hasStatus) return config;
  if (subresource !== 'status') return withoutFields(config, 'status');
  const { apiVersion, kind, metadata } = config;
  const { name, resourceVersion } = metadata;
  const kept = { name, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  return withField({ apiVersion, kind, metadata: kept }, 'status', config['status']);
}

function applied(
  request: ApiRequest,
  options: WriteOptions,
  { live, config }: { readonly live: ApiObject | undefined; readonly config: ApiObject },
): ApiObject {
  const { subresource, version, backend } = request;
  const outcome = applyConfiguration({
    live,
    config,
    manager: {
      name: managerName(options, request),
      operation: 'Apply',
      apiVersion: requestedVersion(request),
      ...(subresource === undefined ? {} : { subresource }),
    },
    force: options.force,
    shape: shapeOf(version.schema?.root),
    time: timestamp(backend.clock),
  });
  if (!outcome.ok) throw applyConflict(outcome.conflicts);
  return outcome.object;
}

function applyConflict(conflicts: readonly ApplyConflict[]): ApiError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${described(manager)}`,
    field: path,
  }));
  const lines = causes.map(({ message, field }) => `${message}: ${field}`);
  const noun = conflicts.length === 1 ? 'conflict' : 'conflicts';
  const message = `Apply failed with ${conflicts.length} ${noun}: ${lines.join('\n')}`;
  return new ApiError(409, message, { reason: 'Conflict', details: { causes } });
}

/** An applier is known by its name alone. */
function described({ name, operation, apiVersion, subresource }: Manager): string {
  if (operation === 'Apply') return `"${name}"`;
  const through = subresource === undefined ? '' : ` with subresource "${subresource}"`;
  return `"${name}"${through} using ${apiVersion}`;
}
