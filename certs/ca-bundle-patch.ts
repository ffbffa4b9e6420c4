import type { Webhook, WebhookConfiguration } from '../api/webhook-configuration.ts';
import type { JsonPatchOperation } from '../kube/kube-client.ts';

/** The Service that stands before our webhook server. */
export interface ServiceReference {
  readonly namespace: string;
  readonly name: string;
}

/**
 * What has to change so that the API server trusts `caPem` for each webhook of ours in `configuration`:
 * one member of each and nothing else (the peer rewrites whole configurations, its issue 2220). Empty when all is well.
 */
export function caBundlePatch(
  configuration: WebhookConfiguration,
  service: ServiceReference,
  caPem: string,
): readonly JsonPatchOperation[] {
  const caBundle = Buffer.from(caPem).toString('base64');
  const changes = (configuration.webhooks ?? []).flatMap((webhook, i) =>
    isOurs(webhook, service) && webhook.clientConfig.caBundle !== caBundle
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
  const changes = (configuration.webhooks ?? []).flatMap((webhook, i) =>
    isOurs(webhook, service) && webhook.clientConfig.caBundle
      ? [{ op: 'remove', path: `/webhooks/${i}/clientConfig/caBundle` } as const]
      : [],
  );
  return changes.length === 0 ? [] : [guard(configuration), ...changes];
}

/** Whether the API server calls any webhook of ours. */
export function isArmed(configuration: WebhookConfiguration, service: ServiceReference): boolean {
  return disarmingPatch(configuration, service).length > 0;
}

/** Ends the names of all webhooks of ours. */
const NAME_SUFFIX = '.headstart';

/** Whether `ours` answers the webhook. One without a Service has a URL, as outside of a cluster, and is known by its name. */
export function isOurs({ name, clientConfig }: Webhook, ours: ServiceReference): boolean {
  const { service } = clientConfig;
  if (service === undefined) return name.endsWith(NAME_SUFFIX);
  return service.namespace === ours.namespace && service.name === ours.name;
}

/** Positions in a list mean something else once somebody has changed it. */
function guard({ metadata }: WebhookConfiguration): JsonPatchOperation {
  return { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion };
}
