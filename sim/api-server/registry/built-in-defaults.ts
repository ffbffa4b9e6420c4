import { type ApiObject, withField, withMetadata } from '../objects/api-object.ts';
import { asArray, asObject, asString, type JsonObject, without } from '../objects/json.ts';
import { withDefaults } from '../schema/defaults.ts';
import { type Schema } from '../schema/schema.ts';
import { type ResourceType, resourceName } from './resource-type.ts';

/** Defaults of built-in kinds that clients rely on (k8s.io/kubernetes pkg/apis defaults), written as schemas. */

const fields = (properties: Readonly<Record<string, Schema>>, rest: Schema = {}): Schema => ({
  ...rest,
  properties,
});
const value = (standard: unknown): Schema => ({ default: standard });

const CONTAINERS: Schema = {
  items: fields({
    terminationMessagePath: value('/dev/termination-log'),
    terminationMessagePolicy: value('File'),
    resources: value({}),
  }),
};
const POD_SPEC = fields({
  restartPolicy: value('Always'),
  terminationGracePeriodSeconds: value(30),
  dnsPolicy: value('ClusterFirst'),
  schedulerName: value('default-scheduler'),
  securityContext: value({}),
  containers: CONTAINERS,
  initContainers: CONTAINERS,
});
const TEMPLATE = fields({ spec: POD_SPEC });
const REPLICATED = { replicas: value(1), template: TEMPLATE };
const ROLLING = {
  type: 'RollingUpdate',
  rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
};

const WEBHOOKS = (mutating: boolean): Schema =>
  fields({
    webhooks: {
      items: fields({
        failurePolicy: value('Fail'),
        matchPolicy: value('Equivalent'),
        namespaceSelector: value({}),
        objectSelector: value({}),
        timeoutSeconds: value(10),
        ...(mutating ? { reinvocationPolicy: value('Never') } : {}),
        clientConfig: fields({ service: fields({ port: value(443) }) }),
        rules: { items: fields({ scope: value('*') }) },
      }),
    },
  });

const SCHEMAS: Readonly<Record<string, Schema>> = {
  pods: fields({ spec: POD_SPEC }),
  namespaces: fields({
    spec: value({ finalizers: ['kubernetes'] }),
    status: fields({ phase: value('Active') }, value({})),
  }),
  secrets: fields({ type: value('Opaque') }),
  services: fields({
    spec: fields({
      type: value('ClusterIP'),
      sessionAffinity: value('None'),
      ports: { items: fields({ protocol: value('TCP') }) },
    }),
  }),
  'deployments.apps': fields({
    spec: fields({
      ...REPLICATED,
      strategy: value(ROLLING),
      revisionHistoryLimit: value(10),
      progressDeadlineSeconds: value(600),
    }),
  }),
  'replicasets.apps': fields({ spec: fields(REPLICATED) }),
  'statefulsets.apps': fields({ spec: fields(REPLICATED) }),
  'daemonsets.apps': fields({ spec: fields({ template: TEMPLATE }) }),
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': WEBHOOKS(true),
  'validatingwebhookconfigurations.admissionregistration.k8s.io': WEBHOOKS(false),
};

/** Defaults that depend on other fields. */
const COMPUTED: Readonly<Record<string, (object: ApiObject) => ApiObject>> = {
  namespaces: object =>
    withMetadata(object, {
      labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
    }),
  secrets: encodeStringData,
  'customresourcedefinitions.apiextensions.k8s.io': completeDefinition,
};

/** Fills in the defaults of a built-in kind. */
export function withBuiltInDefaults(type: ResourceType, object: ApiObject): ApiObject {
  const name = resourceName(type);
  const schema = SCHEMAS[name];
  const defaulted = schema === undefined ? object : (withDefaults(object, schema) as ApiObject);
  return COMPUTED[name]?.(defaulted) ?? defaulted;
}

/** `stringData` is for writing only: it ends up in `data`. */
function encodeStringData(secret: ApiObject): ApiObject {
  const { stringData } = secret;
  if (stringData === undefined) return secret;
  const encoded = Object.entries(asObject(stringData)).map(
    ([key, text]) => [key, Buffer.from(asString(text) ?? '').toString('base64')] as const,
  );
  const data = { ...asObject(secret['data']), ...Object.fromEntries(encoded) };
  return withField(withField(secret, 'stringData', undefined), 'data', data);
}

function completeDefinition(definition: ApiObject): ApiObject {
  const spec = asObject(definition['spec']);
  const names = asObject(spec['names']);
  const kind = asString(names['kind']) ?? '';
  const standard = { singular: kind.toLowerCase(), listKind: `${kind}List` };
  const completed = { conversion: { strategy: 'None' }, ...spec, names: { ...standard, ...names } };
  const versions = asArray(spec['versions']).map(version => dropNulls(asObject(version)));
  return { ...definition, spec: { ...completed, versions } };
}

/** YAML generators write `status: null` and the like. */
function dropNulls(object: JsonObject): JsonObject {
  const nulls = Object.entries(object).filter(([, inner]) => inner === null);
  return without(object, ...nulls.map(([key]) => key));
}
