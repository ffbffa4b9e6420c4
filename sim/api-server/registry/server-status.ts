import type { ApiObject } from '../objects/api-object.ts';
import { asArray, asObject, asString, asStrings } from '../objects/json.ts';
import { type ResourceType, resourceName } from './resource-type.ts';

/**
 * The status that the server itself gives to an object on create and on every write of its spec. What a client says about status
 * counts only on the status subresource, and when a Node registers.
 */
export function serverStatus(
  type: ResourceType,
  object: ApiObject,
  context: { readonly old: ApiObject | undefined; readonly time: string },
): unknown {
  const known = context.old?.['status'];
  switch (resourceName(type)) {
    case 'customresourcedefinitions.apiextensions.k8s.io':
      return definitionStatus(object, context);
    case 'namespaces':
      return known ?? { phase: 'Active' };
    case 'pods':
      return known ?? { phase: 'Pending', qosClass: 'BestEffort' };
    case 'nodes':
      return context.old === undefined ? object['status'] : known;
    default:
      return known ?? (type.custom ? undefined : {});
  }
}

/** Definitions are accepted or refused at once, so their conditions are true from the start. */
function definitionStatus(
  definition: ApiObject,
  { old, time }: { readonly old: ApiObject | undefined; readonly time: string },
): object {
  const before = asObject(old?.['status']);
  const spec = asObject(definition['spec']);
  const stored = asArray(spec['versions'])
    .map(asObject)
    .filter(version => version['storage'] === true)
    .flatMap(version => asString(version['name']) ?? []);
  const conditions = [
    ['NamesAccepted', 'NoConflicts', 'no conflicts found'],
    ['Established', 'InitialNamesAccepted', 'the initial names have been accepted'],
  ].map(([type, reason, message]) => ({
    type,
    status: 'True',
    lastTransitionTime: time,
    reason,
    message,
  }));
  return {
    conditions: before['conditions'] ?? conditions,
    acceptedNames: spec['names'],
    storedVersions: [...new Set([...asStrings(before['storedVersions']), ...stored])],
  };
}
