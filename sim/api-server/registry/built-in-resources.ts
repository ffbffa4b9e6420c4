import { COMMON_FIELDS, type SelectableFields } from '../selectors/field-selector.ts';
import type { ResourceType, ScalePaths } from './resource-type.ts';

/** One built-in resource. What is not said is what most kinds have. */
interface Row {
  readonly group?: string;
  readonly version?: string;
  readonly plural: string;
  readonly kind: string;
  readonly singular?: string;
  readonly scope?: 'Cluster';
  readonly short?: readonly string[];
  readonly categories?: readonly string[];
  readonly hasStatus?: boolean;
  readonly scales?: boolean;
  /** Besides name and namespace. */
  readonly fields?: readonly string[];
}

const ALL = ['all'];
const apps = { group: 'apps', categories: ALL, hasStatus: true } as const;
const rbac = { group: 'rbac.authorization.k8s.io' } as const;
const admission = {
  group: 'admissionregistration.k8s.io',
  scope: 'Cluster',
  categories: ['api-extensions'],
} as const;

const INVOLVED = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

/** Kinds that Headstart, its manifests and people with kubectl meet. Storage only: nothing schedules or runs. */
const ROWS: readonly Row[] = [
  {
    plural: 'namespaces',
    kind: 'Namespace',
    scope: 'Cluster',
    short: ['ns'],
    hasStatus: true,
    fields: ['status.phase'],
  },
  {
    plural: 'nodes',
    kind: 'Node',
    scope: 'Cluster',
    short: ['no'],
    hasStatus: true,
    fields: ['spec.unschedulable'],
  },
  {
    plural: 'pods',
    kind: 'Pod',
    short: ['po'],
    categories: ALL,
    hasStatus: true,
    fields: [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'status.phase',
      'status.podIP',
    ],
  },
  {
    plural: 'events',
    kind: 'Event',
    short: ['ev'],
    fields: [
      ...INVOLVED.map(field => `involvedObject.${field}`),
      'reason',
      'type',
      'reportingComponent',
      'source',
    ],
  },
  { plural: 'secrets', kind: 'Secret', fields: ['type'] },
  { plural: 'configmaps', kind: 'ConfigMap', short: ['cm'] },
  { plural: 'serviceaccounts', kind: 'ServiceAccount', short: ['sa'] },
  { plural: 'services', kind: 'Service', short: ['svc'], categories: ALL, hasStatus: true },
  { plural: 'endpoints', kind: 'Endpoints', singular: 'endpoints', short: ['ep'] },
  { ...apps, plural: 'deployments', kind: 'Deployment', short: ['deploy'], scales: true },
  { ...apps, plural: 'replicasets', kind: 'ReplicaSet', short: ['rs'], scales: true },
  { ...apps, plural: 'statefulsets', kind: 'StatefulSet', short: ['sts'], scales: true },
  { ...apps, plural: 'daemonsets', kind: 'DaemonSet', short: ['ds'] },
  { group: 'apps', plural: 'controllerrevisions', kind: 'ControllerRevision' },
  { group: 'batch', plural: 'jobs', kind: 'Job', categories: ALL, hasStatus: true },
  { group: 'coordination.k8s.io', plural: 'leases', kind: 'Lease' },
  {
    group: 'policy',
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    short: ['pdb'],
    hasStatus: true,
  },
  {
    group: 'networking.k8s.io',
    plural: 'networkpolicies',
    kind: 'NetworkPolicy',
    short: ['netpol'],
  },
  {
    group: 'scheduling.k8s.io',
    plural: 'priorityclasses',
    kind: 'PriorityClass',
    scope: 'Cluster',
    short: ['pc'],
  },
  { ...rbac, plural: 'clusterroles', kind: 'ClusterRole', scope: 'Cluster' },
  { ...rbac, plural: 'clusterrolebindings', kind: 'ClusterRoleBinding', scope: 'Cluster' },
  { ...rbac, plural: 'roles', kind: 'Role' },
  { ...rbac, plural: 'rolebindings', kind: 'RoleBinding' },
  { ...admission, plural: 'mutatingwebhookconfigurations', kind: 'MutatingWebhookConfiguration' },
  {
    ...admission,
    plural: 'validatingwebhookconfigurations',
    kind: 'ValidatingWebhookConfiguration',
  },
  {
    ...admission,
    plural: 'validatingadmissionpolicies',
    kind: 'ValidatingAdmissionPolicy',
    singular: 'validatingadmissionpolicy',
    hasStatus: true,
  },
  {
    ...admission,
    plural: 'validatingadmissionpolicybindings',
    kind: 'ValidatingAdmissionPolicyBinding',
  },
  {
    group: 'apiextensions.k8s.io',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    scope: 'Cluster',
    short: ['crd', 'crds'],
    categories: ['api-extensions'],
    hasStatus: true,
  },
];

const SCALE: ScalePaths = {
  specReplicas: ['spec', 'replicas'],
  statusReplicas: ['status', 'replicas'],
  labelSelector: ['spec', 'selector'],
};

/** Every built-in resource. */
export const BUILT_IN_RESOURCES: readonly ResourceType[] = ROWS.map(typeOf);

function typeOf(row: Row): ResourceType {
  return {
    group: row.group ?? '',
    plural: row.plural,
    singular: row.singular ?? row.kind.toLowerCase(),
    kind: row.kind,
    listKind: `${row.kind}List`,
    namespaced: row.scope === undefined,
    shortNames: row.short ?? [],
    categories: row.categories ?? [],
    custom: false,
    selectableFields: fieldsOf(row),
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        hasStatus: row.hasStatus ?? false,
        ...(row.scales === true ? { scale: SCALE } : {}),
      },
    ],
  };
}

/** The `source` of an event is an object; its selector means the component. */
function fieldsOf({ fields = [] }: Row): SelectableFields {
  const paths = fields.map(
    field => [field, field === 'source' ? ['source', 'component'] : field.split('.')] as const,
  );
  return new Map([...COMMON_FIELDS, ...paths]);
}
