import { hash } from 'node:crypto';
import { patchTypes } from '../handlers/patcher.ts';
import { asObject, isJsonObject, without } from '../objects/json.ts';
import type { Registry, ServedResource } from '../registry/registry.ts';
import { groupVersion } from '../registry/resource-type.ts';
import { PRESERVING } from '../schema/schema.ts';
import { discoveredGroups } from './resource-verbs.ts';

/** `openapi/v3`: where the document of each version of a group is. */
export function openApiIndex(registry: Registry): object {
  const versions = [
    'api/v1',
    ...discoveredGroups(registry).flatMap(({ name, versions }) =>
      versions.map(version => `apis/${name}/${version}`),
    ),
  ];
  const paths = versions.map(path => {
    const digest = hash('sha256', JSON.stringify(openApiDocument(registry, path))).toUpperCase();
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${digest}` }] as const;
  });
  return { paths: Object.fromEntries(paths) };
}

/**
 * `openapi/v3/<path>`: what kubectl looks for before it trusts the server with field validation (the `fieldValidation` parameter of the
 * patch operation) and what `kubectl explain` prints. Undefined when the path names no version of a group.
 */
export function openApiDocument(registry: Registry, path: string): object | undefined {
  const match = /^(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path);
  if (match === null) return undefined;
  const [, group = '', version = ''] = match;
  const served = registry.inGroupVersion(group, version);
  const isKnown = discoveredGroups(registry).some(({ name }) => name === group);
  if (group !== '' && !isKnown) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1' },
    paths: Object.fromEntries(served.flatMap(resource => pathsOf(resource, `/${path}`))),
    components: {
      schemas: {
        [OBJECT_META]: OBJECT_META_SCHEMA,
        ...Object.fromEntries(served.map(resource => [schemaName(resource), schemaOf(resource)])),
      },
    },
  };
}

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const STRINGS = { type: 'object', additionalProperties: { type: 'string' } };
const OBJECT_META_SCHEMA = {
  type: 'object',
  description: 'ObjectMeta is metadata that all persisted resources must have.',
  properties: {
    name: { type: 'string' },
    namespace: { type: 'string' },
    generateName: { type: 'string' },
    labels: STRINGS,
    annotations: STRINGS,
    finalizers: { type: 'array', items: { type: 'string' } },
    ownerReferences: { type: 'array', items: { type: 'object' } },
    creationTimestamp: { type: 'string', format: 'date-time' },
    deletionTimestamp: { type: 'string', format: 'date-time' },
    generation: { type: 'integer', format: 'int64' },
    resourceVersion: { type: 'string' },
    uid: { type: 'string' },
  },
};

function kindOf({ type, version }: ServedResource): object {
  return { group: type.group, version: version.name, kind: type.kind };
}

/** `com.example.v1.Widget`. */
function schemaName({ type, version }: ServedResource): string {
  const domain = type.group === '' ? 'io.k8s.api.core' : type.group.split('.').reverse().join('.');
  return `${domain}.${version.name}.${type.kind}`;
}

function schemaOf(resource: ServedResource): object {
  const root = resource.version.schema?.root ?? PRESERVING;
  const described = (field: string, schema: object): object => {
    const own = asObject(root.properties)[field];
    return { ...schema, ...(isJsonObject(own) ? { description: own['description'] } : {}) };
  };
  return {
    type: 'object',
    ...without(root, 'x-kubernetes-preserve-unknown-fields'),
    properties: {
      ...root.properties,
      apiVersion: described('apiVersion', { type: 'string' }),
      kind: described('kind', { type: 'string' }),
      metadata: described('metadata', { allOf: [{ $ref: `#/components/schemas/${OBJECT_META}` }] }),
    },
    'x-kubernetes-group-version-kind': [kindOf(resource)],
  };
}

const query = (name: string): object => ({ name, in: 'query', schema: { type: 'string' } });
const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(query);

function pathsOf(resource: ServedResource, root: string): readonly (readonly [string, object])[] {
  const { plural, namespaced } = resource.type;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  return [
    [collection, { get: operation(resource, 'list'), post: operation(resource, 'post') }],
    [
      `${collection}/{name}`,
      {
        get: operation(resource, 'get'),
        put: operation(resource, 'put'),
        delete: operation(resource, 'delete'),
        patch: { ...operation(resource, 'patch'), requestBody: patchBody(resource) },
      },
    ],
  ];
}

function operation(resource: ServedResource, action: string): object {
  const { type, version } = resource;
  const writes = action === 'post' || action === 'put' || action === 'patch';
  const content = {
    'application/json': { schema: { $ref: `#/components/schemas/${schemaName(resource)}` } },
  };
  return {
    operationId: `${action}${groupVersion(type.group, version.name)}${type.kind}`,
    ...(writes ? { parameters: WRITE_PARAMETERS } : {}),
    responses: { 200: { description: 'OK', content } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kindOf(resource),
  };
}

/**
 * Strategic merge is not announced, although built-in kinds take it: kubectl would then compute such patches from these schemas, which
 * know no merge keys, rather than from its own types.
 */
function patchBody({ type }: ServedResource): object {
  const types = patchTypes({ type }).filter(name => !name.includes('strategic'));
  return { content: Object.fromEntries(types.map(name => [name, { schema: { type: 'object' } }])) };
}
