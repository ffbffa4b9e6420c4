import type { ApiObject } from '../objects/api-object.ts';
import { asArray, asObject, asString, asStrings, type JsonObject } from '../objects/json.ts';
import { schemaFrom } from '../schema/schema.ts';
import { compileSchema } from '../schema/validator.ts';
import { COMMON_FIELDS, type SelectableFields } from '../selectors/field-selector.ts';
import { byVersionPriority } from './registry.ts';
import type { PrinterColumn, ResourceType, ResourceVersion, ScalePaths } from './resource-type.ts';

/** What `kubectl get` shows of a kind that names no columns. */
const AGE_ONLY: readonly PrinterColumn[] = [
  {
    name: 'Age',
    type: 'date',
    jsonPath: '.metadata.creationTimestamp',
    description: 'CreationTimestamp is a timestamp',
  },
];

/** The resource that a CustomResourceDefinition defines. Throws when a schema cannot be compiled. */
export function customResource(definition: ApiObject): ResourceType {
  const spec = asObject(definition['spec']);
  const names = asObject(spec['names']);
  const kind = asString(names['kind']) ?? '';
  const versions = asArray(spec['versions']).map(asObject);
  return {
    group: asString(spec['group']) ?? '',
    plural: asString(names['plural']) ?? '',
    singular: asString(names['singular']) ?? kind.toLowerCase(),
    kind,
    listKind: asString(names['listKind']) ?? `${kind}List`,
    namespaced: spec['scope'] === 'Namespaced',
    shortNames: asStrings(names['shortNames']),
    categories: asStrings(names['categories']),
    custom: true,
    selectableFields: selectableFields(versions),
    versions: versions.map(versionOf).sort((a, b) => byVersionPriority(a.name, b.name)),
  };
}

function versionOf(version: JsonObject): ResourceVersion {
  const root = schemaFrom(asObject(version['schema'])['openAPIV3Schema']);
  const subresources = asObject(version['subresources']);
  const columns = asArray(version['additionalPrinterColumns']);
  return {
    name: asString(version['name']) ?? '',
    served: version['served'] === true,
    storage: version['storage'] === true,
    schema: { root, validate: compileSchema(root) },
    hasStatus: subresources['status'] !== undefined,
    columns: columns.length === 0 ? AGE_ONLY : (columns as readonly PrinterColumn[]),
    ...scaleOf(subresources['scale']),
  };
}

function scaleOf(scale: unknown): { readonly scale?: ScalePaths } {
  if (scale === undefined) return {};
  const paths = asObject(scale);
  const selector = asString(paths['labelSelectorPath']);
  return {
    scale: {
      specReplicas: simplePath(paths['specReplicasPath']),
      statusReplicas: simplePath(paths['statusReplicasPath']),
      ...(selector === undefined ? {} : { labelSelector: simplePath(selector) }),
    },
  };
}

/** `.spec.replicas` → [spec, replicas]; such paths have no brackets. */
function simplePath(path: unknown): readonly string[] {
  return (asString(path) ?? '').split('.').filter(step => step !== '');
}

function selectableFields(versions: readonly JsonObject[]): SelectableFields {
  const paths = versions
    .flatMap(version => asArray(version['selectableFields']))
    .map(field => simplePath(asObject(field)['jsonPath']));
  return new Map([...COMMON_FIELDS, ...paths.map(path => [path.join('.'), path] as const)]);
}
