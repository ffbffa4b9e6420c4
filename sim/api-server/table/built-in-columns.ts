import type { ApiObject } from '../objects/api-object.ts';
import { asArray, asNumber, asObject, asString, valueAt } from '../objects/json.ts';
import { ageOf } from './human-duration.ts';
import { nodeRoles, nodeStatus, podReady, podRestarts, podStatus } from './pod-and-node-cells.ts';
import { NAME, type TableColumn } from './table-column.ts';

/** The columns that `kubectl get` shows of built-in kinds (k8s.io/kubernetes pkg/printers). */

type Cell = TableColumn['cell'];

const NONE = '<none>';

const column = (name: string, cell: Cell, type = 'string'): TableColumn => ({ name, type, cell });
const wide = (name: string, cell: Cell): TableColumn => ({ ...column(name, cell), priority: 1 });
const at =
  (path: string, missing: unknown = NONE): Cell =>
  object =>
    valueAt(object, path.split('.')) ?? missing;
const count =
  (path: string): Cell =>
  object => {
    const value = valueAt(object, path.split('.'));
    return Array.isArray(value) ? value.length : Object.keys(asObject(value)).length;
  };
const number = (name: string, path: string): TableColumn => column(name, at(path, 0), 'integer');

const AGE = column('Age', (object, now) => ageOf(object.metadata.creationTimestamp, now));
const CREATED = column('Created At', at('metadata.creationTimestamp'), 'date');

const containersOf = (object: ApiObject): readonly unknown[] =>
  asArray(valueAt(object, ['spec', 'template', 'spec', 'containers']));
const TEMPLATE = [
  wide('Containers', object =>
    listed(containersOf(object).map(container => asObject(container)['name'])),
  ),
  wide('Images', object =>
    listed(containersOf(object).map(container => asObject(container)['image'])),
  ),
];
const listed = (names: readonly unknown[]): string => names.join(',') || NONE;

const POD = [
  NAME,
  column('Ready', podReady),
  column('Status', podStatus),
  column('Restarts', podRestarts),
  AGE,
  wide('IP', at('status.podIP')),
  wide('Node', at('spec.nodeName')),
];
const NODE = [
  NAME,
  column('Status', nodeStatus),
  column('Roles', nodeRoles),
  AGE,
  column('Version', at('status.nodeInfo.kubeletVersion', '')),
  wide('OS-Image', at('status.nodeInfo.osImage', '<unknown>')),
  wide('Container-Runtime', at('status.nodeInfo.containerRuntimeVersion', '<unknown>')),
];
const EVENT = [
  column('Last Seen', (object, now) => ageOf(lastSeen(object), now)),
  column('Type', at('type', '')),
  column('Reason', at('reason', '')),
  column('Object', involvedObject),
  wide('Source', at('source.component', '')),
  column('Message', object => (asString(object['message']) ?? '').trim()),
  wide('First Seen', (object, now) => ageOf(firstSeen(object), now)),
  wide('Count', at('count', 1)),
  { ...NAME, priority: 1 },
];

/** Rows that are not here show AGE only. */
export const BUILT_IN_COLUMNS: Readonly<Record<string, readonly TableColumn[]>> = {
  pods: POD,
  nodes: NODE,
  events: EVENT,
  namespaces: [NAME, column('Status', at('status.phase')), AGE],
  secrets: [NAME, column('Type', at('type')), column('Data', count('data'), 'integer'), AGE],
  configmaps: [NAME, column('Data', count('data'), 'integer'), AGE],
  serviceaccounts: [NAME, column('Secrets', count('secrets'), 'integer'), AGE],
  services: [
    NAME,
    column('Type', at('spec.type')),
    column('Cluster-IP', at('spec.clusterIP')),
    column('External-IP', at('spec.externalName')),
    column('Port(s)', servicePorts),
    AGE,
  ],
  'leases.coordination.k8s.io': [NAME, column('Holder', at('spec.holderIdentity', '')), AGE],
  'deployments.apps': [
    NAME,
    column('Ready', readyOf('readyReplicas', 'spec.replicas')),
    number('Up-to-date', 'status.updatedReplicas'),
    number('Available', 'status.availableReplicas'),
    AGE,
    ...TEMPLATE,
  ],
  'statefulsets.apps': [
    NAME,
    column('Ready', readyOf('readyReplicas', 'spec.replicas')),
    AGE,
    ...TEMPLATE,
  ],
  'replicasets.apps': [
    NAME,
    number('Desired', 'spec.replicas'),
    number('Current', 'status.replicas'),
    number('Ready', 'status.readyReplicas'),
    AGE,
    ...TEMPLATE,
  ],
  'daemonsets.apps': [
    NAME,
    number('Desired', 'status.desiredNumberScheduled'),
    number('Current', 'status.currentNumberScheduled'),
    number('Ready', 'status.numberReady'),
    number('Up-to-date', 'status.updatedNumberScheduled'),
    number('Available', 'status.numberAvailable'),
    AGE,
    ...TEMPLATE,
  ],
  'controllerrevisions.apps': [
    NAME,
    column('Controller', controllerOfRow),
    column('Revision', at('revision', 0), 'integer'),
    AGE,
  ],
  'clusterroles.rbac.authorization.k8s.io': [NAME, CREATED],
  'roles.rbac.authorization.k8s.io': [NAME, CREATED],
  'customresourcedefinitions.apiextensions.k8s.io': [NAME, CREATED],
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': [
    NAME,
    column('Webhooks', count('webhooks'), 'integer'),
    AGE,
  ],
  'validatingwebhookconfigurations.admissionregistration.k8s.io': [
    NAME,
    column('Webhooks', count('webhooks'), 'integer'),
    AGE,
  ],
};

/** Columns of kinds without a row above. */
export const AGE_COLUMNS: readonly TableColumn[] = [NAME, AGE];

function readyOf(ready: string, desired: string): Cell {
  const paths = [['status', ready], desired.split('.')];
  return object => paths.map(path => asNumber(valueAt(object, path)) ?? 0).join('/');
}

function servicePorts(object: ApiObject): string {
  const ports = asArray(valueAt(object, ['spec', 'ports'])).map(asObject);
  return listed(
    ports.map(({ port, protocol }) => `${asNumber(port) ?? ''}/${asString(protocol) ?? 'TCP'}`),
  );
}

function lastSeen(event: ApiObject): unknown {
  return (
    valueAt(event, ['series', 'lastObservedTime']) ??
    event['lastTimestamp'] ??
    event['eventTime'] ??
    event['firstTimestamp'] ??
    event.metadata.creationTimestamp
  );
}

function firstSeen(event: ApiObject): unknown {
  return event['firstTimestamp'] ?? event['eventTime'] ?? event.metadata.creationTimestamp;
}

function involvedObject(event: ApiObject): string {
  const { kind, name } = asObject(event['involvedObject']);
  return `${(asString(kind) ?? '').toLowerCase()}/${asString(name) ?? ''}`;
}

function controllerOfRow({ metadata }: ApiObject): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return NONE;
  const [group] = owner.apiVersion.split('/');
  const suffix = owner.apiVersion.includes('/') ? `.${group}` : '';
  return `${owner.kind.toLowerCase()}${suffix}/${owner.name}`;
}
