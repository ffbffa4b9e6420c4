import type { ApiRequest } from '../http/api-request.ts';
import type { ApiObject } from '../objects/api-object.ts';
import { asObject, asString, isJsonObject, type JsonObject, without } from '../objects/json.ts';
import { decodeMetadata } from '../objects/metadata.ts';
import { groupVersion } from '../registry/resource-type.ts';
import { badRequest, invalid } from '../status/api-error.ts';
import { invalidValue } from '../status/field-cause.ts';
import { normalise } from './normalise.ts';
import type { WriteOptions } from './write-options.ts';

/**
 * Takes JSON from outside as an object of the requested kind: checked, pruned, defaulted, in the requested namespace. A backend that trusts
 * its clients takes it as it is.
 */
export function decodeObject(
  request: ApiRequest,
  raw: unknown,
  options: Pick<WriteOptions, 'fieldValidation'>,
): ApiObject {
  if (request.backend.isTrusting) return raw as ApiObject;
  const fields = checkedKind(request, raw);
  const { metadata, unknownFields: unknownMetadata } = decodeMetadata(fields['metadata']);
  const { apiVersion, kind } = expectedKind(request);
  const named = { ...metadata, ...namespaceOf(request, metadata.namespace) };
  const body = without(fields, 'metadata');
  const { object, unknownFields } = normalise(request, {
    ...body,
    apiVersion,
    kind,
    metadata: request.type.namespaced ? named : (without(named, 'namespace') as never),
  });
  reportUnknown(request, [...unknownMetadata, ...unknownFields].sort(), options);
  return object;
}

function expectedKind({ type, version }: ApiRequest): { apiVersion: string; kind: string } {
  return { apiVersion: groupVersion(type.group, version.name), kind: type.kind };
}

function checkedKind(request: ApiRequest, raw: unknown): JsonObject {
  const expected = expectedKind(request);
  if (!isJsonObject(raw) || typeof raw['kind'] !== 'string' || raw['kind'] === '') {
    const text = JSON.stringify(raw) ?? '';
    throw badRequest(
      `the object provided is unrecognized (must be of type ${expected.kind}): Object 'Kind' is missing in '${text}'`,
    );
  }
  if (raw['apiVersion'] !== expected.apiVersion) {
    const given = JSON.stringify(raw['apiVersion'] ?? '').replaceAll('"', '');
    throw badRequest(
      `the API version in the data (${given}) does not match the expected API version (${expected.apiVersion})`,
    );
  }
  if (raw['kind'] === expected.kind) return raw;
  const cause = invalidValue('kind', raw['kind'], `must be ${expected.kind}`);
  const subject = { group: request.type.group, resource: raw['kind'] };
  throw invalid(subject, asString(asObject(raw['metadata'])['name']) ?? '', [cause]);
}

function namespaceOf(
  { namespace }: ApiRequest,
  given: string | undefined,
): { readonly namespace?: string } {
  if (namespace === undefined || given === namespace) return {};
  if (given === undefined) return { namespace };
  throw badRequest(
    'the namespace of the provided object does not match the namespace sent on the request',
  );
}

function reportUnknown(
  request: ApiRequest,
  unknownFields: readonly string[],
  { fieldValidation }: Pick<WriteOptions, 'fieldValidation'>,
): void {
  if (unknownFields.length === 0 || fieldValidation === 'Ignore') return;
  const sentences = unknownFields.map(field => `unknown field "${field}"`);
  if (fieldValidation === 'Warn') {
    for (const sentence of sentences) request.warn(sentence);
    return;
  }
  const { kind } = request.type;
  throw badRequest(
    `${kind} in version "${request.version.name}" cannot be handled as a ${kind}: strict decoding error: ${sentences.join(', ')}`,
  );
}
