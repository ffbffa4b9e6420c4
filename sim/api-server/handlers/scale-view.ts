import { labelSelectorToString } from '../../../api/label-selector.ts';
import type { ApiRequest } from '../http/api-request.ts';
import type { ApiObject, Metadata } from '../objects/api-object.ts';
import { asString, valueAt } from '../objects/json.ts';

/** The `autoscaling/v1` Scale of an object. */
export function scaleOf({ version }: Pick<ApiRequest, 'version'>, object: ApiObject): ApiObject {
  const { specReplicas = [], statusReplicas = [], labelSelector } = version.scale ?? {};
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = labelSelector === undefined ? undefined : valueAt(object, labelSelector);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: dropUndefined({
      name,
      namespace,
      uid,
      resourceVersion,
      creationTimestamp,
    }) as Metadata,
    spec: { replicas: valueAt(object, specReplicas) ?? 0 },
    status: dropUndefined({
      replicas: valueAt(object, statusReplicas) ?? 0,
      selector: selectorText(selector),
    }),
  };
}

/** The path of a CRD names a string; a workload's own selector is an object. */
function selectorText(selector: unknown): string | undefined {
  if (typeof selector === 'object' && selector !== null) return labelSelectorToString(selector);
  return asString(selector);
}

function dropUndefined<T extends object>(object: T): T {
  const kept = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as T;
}
