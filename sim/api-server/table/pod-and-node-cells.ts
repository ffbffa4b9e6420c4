import type { ApiObject } from '../objects/api-object.ts';
import {
  asArray,
  asNumber,
  asObject,
  asString,
  type JsonObject,
  valueAt,
} from '../objects/json.ts';

const statusesOf = (pod: ApiObject): readonly JsonObject[] =>
  asArray(valueAt(pod, ['status', 'containerStatuses'])).map(asObject);

/** `ready/total` containers. */
export function podReady(pod: ApiObject): string {
  const ready = statusesOf(pod).filter(status => status['ready'] === true).length;
  return `${ready}/${asArray(valueAt(pod, ['spec', 'containers'])).length}`;
}

/** Restarts of all containers. */
export function podRestarts(pod: ApiObject): string {
  const restarts = statusesOf(pod).map(status => asNumber(status['restartCount']) ?? 0);
  return String(restarts.reduce((sum, n) => sum + n, 0));
}

/** The phase, or what a container waits for, or that the pod is going. */
export function podStatus(pod: ApiObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const reasons = statusesOf(pod).flatMap(status => {
    const state = asObject(status['state']);
    return (
      asString(asObject(state['waiting'])['reason']) ??
      asString(asObject(state['terminated'])['reason']) ??
      []
    );
  });
  const phase = asString(valueAt(pod, ['status', 'phase']));
  return reasons[0] ?? asString(valueAt(pod, ['status', 'reason'])) ?? phase ?? 'Unknown';
}

/** `Ready`, `NotReady` or `Unknown`, and whether it takes new pods. */
export function nodeStatus(node: ApiObject): string {
  const conditions = asArray(valueAt(node, ['status', 'conditions'])).map(asObject);
  const ready = conditions.find(({ type }) => type === 'Ready');
  const state = ready?.['status'] === 'True' ? 'Ready' : 'NotReady';
  const cordoned = valueAt(node, ['spec', 'unschedulable']) === true;
  return `${ready === undefined ? 'Unknown' : state}${cordoned ? ',SchedulingDisabled' : ''}`;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

/** Roles from the labels of the node. */
export function nodeRoles({ metadata: { labels = {} } }: ApiObject): string {
  const roles = Object.keys(labels)
    .filter(label => label.startsWith(ROLE_PREFIX))
    .map(label => label.slice(ROLE_PREFIX.length));
  return roles.sort().join(',') || '<none>';
}
