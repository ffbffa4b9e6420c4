import type { WebhookConfiguration } from '../api/webhook-configuration.ts';
import type { JsonPatchOperation } from '../kube/kube-client.ts';

/** The Service that stands before our webhook server. */
export interface ServiceReference {
  readonly namespace: string;
  readonly name: string;
}

/**
 * What has to change so that the API server trusts `caPem` for each webhook of `configuration` that leads to `service` or to a URL:
 * one member of each and nothing else (the peer rewrites whole configurations, its issue 2220). Empty when all is well.
 */
export function caBundlePatch(
  configuration: WebhookConfiguration,
  service: ServiceReference,
  caPem: string,
): readonly JsonPatchOperation[] {
  const caBundle = Buffer.from(caPem).toString('base64');
  const changes = (configuration.webhooks ?? []).flatMap(({ clientConfig }, i) =>
    isOurs(clientConfig.service, service) && clientConfig.caBundle !== caBundle
      ? [{ op: 'add', path: `/webhooks/${i}/clientConfig/caBundle`, value: caBundle } as const]
      : [],
  );
  return changes.length === 0 ? [] : [guard(configuration), ...changes];
}

/** Takes the bundle away from each webhook of ours, so that the API server no longer calls it. Empty when none has one. */
export function disarmingPatch(
  configuration: WebhookConfiguration,
  service: ServiceReference,
): readonly JsonPatchOperation[] {
  const changes = (configuration.webhooks ?? []).flatMap(({ clientConfig }, i) =>
    isOurs(clientConfig.service, service) && clientConfig.caBundle
      ? [{ op: 'remove', path: `/webhooks/${i}/clientConfig/caBundle` } as const]
      : [],
  );
  return changes.length === 0 ? [] : [guard(configuration), ...changes];
}

/** Whether the API server calls any webhook of ours. */
export function isArmed(configuration: WebhookConfiguration, service: ServiceReference): boolean {
  return disarmingPatch(configuration, service).length > 0;
}

/** Whether a webhook that leads to `actual` is answered by `ours`; without a Service it has a URL, as outside of a cluster. */
export function isOurs(actual: ServiceReference | undefined, ours: ServiceReference): boolean {
  if (actual === undefined) return true;
  return actual.namespace === ours.namespace && actual.name === ours.name;
}

/** Positions in a list mean something else once somebody has changed it. */
function guard({ metadata }: WebhookConfiguration): JsonPatchOperation {
  return { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion };
}
