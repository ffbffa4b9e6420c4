import { describeError } from '../../../runtime/errors.ts';
import type { ApiObject } from '../objects/api-object.ts';
import { asArray, asObject, asString, isJsonObject, type JsonObject } from '../objects/json.ts';
import {
  type FieldCause,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from '../status/field-cause.ts';
import { customResource } from './custom-resource.ts';

/** What is wrong with a CustomResourceDefinition: the rules without which it could not be served. */
export function customResourceProblems(definition: ApiObject): readonly FieldCause[] {
  const spec = asObject(definition['spec']);
  const versions = asArray(spec['versions']).map(asObject);
  const problems = [
    ...nameProblems(definition.metadata.name, spec),
    ...scopeProblems(spec),
    ...storageProblems(versions),
    ...versions.flatMap((version, i) => versionProblems(version, `spec.versions[${i}]`)),
    ...conversionProblems(spec),
  ];
  return problems.length > 0 ? problems : compileProblems(definition);
}

function nameProblems(name: string, spec: JsonObject): readonly FieldCause[] {
  const names = asObject(spec['names']);
  const missing = [
    ...missingStrings(spec, 'spec', ['group']),
    ...missingStrings(names, 'spec.names', ['plural', 'kind']),
  ];
  if (missing.length > 0) return missing;
  const expected = `${String(names['plural'])}.${String(spec['group'])}`;
  if (name === expected) return [];
  const rule = 'must be spec.names.plural+"."+spec.group';
  return [invalidValue('metadata.name', name, rule)];
}

function scopeProblems({ scope }: JsonObject): readonly FieldCause[] {
  const scopes = ['Cluster', 'Namespaced'];
  const isKnown = scopes.some(known => known === scope);
  return isKnown ? [] : [unsupportedValue('spec.scope', scope, scopes)];
}

function storageProblems(versions: readonly JsonObject[]): readonly FieldCause[] {
  const stored = versions.filter(version => version['storage'] === true);
  if (stored.length === 1) return [];
  const rule = 'must have exactly one version marked as storage version';
  return [invalidValue('spec.versions', versions.length, rule)];
}

function versionProblems(version: JsonObject, path: string): readonly FieldCause[] {
  const columns = asArray(version['additionalPrinterColumns']).map(asObject);
  return [
    ...missingStrings(version, path, ['name']),
    ...schemaProblems(version, path),
    ...columns.flatMap((column, i) =>
      missingStrings(column, `${path}.additionalPrinterColumns[${i}]`, [
        'name',
        'type',
        'jsonPath',
      ]),
    ),
  ];
}

function missingStrings(
  object: JsonObject,
  path: string,
  fields: readonly string[],
): readonly FieldCause[] {
  return fields
    .filter(field => asString(object[field]) === undefined)
    .map(field => requiredValue(`${path}.${field}`));
}

function schemaProblems(version: JsonObject, path: string): readonly FieldCause[] {
  const root = asObject(version['schema'])['openAPIV3Schema'];
  const field = `${path}.schema.openAPIV3Schema`;
  if (!isJsonObject(root)) return [requiredValue(field, 'schemas are required')];
  return root['type'] === 'object' ? [] : [requiredValue(`${field}.type`, 'must be object')];
}

function conversionProblems({ conversion }: JsonObject): readonly FieldCause[] {
  const { strategy = 'None' } = asObject(conversion);
  if (strategy === 'None') return [];
  return [unsupportedValue('spec.conversion.strategy', strategy, ['None'])];
}

function compileProblems(definition: ApiObject): readonly FieldCause[] {
  try {
    customResource(definition);
    return [];
  } catch (error) {
    return [invalidValue('spec.versions', '', describeError(error))];
  }
}
