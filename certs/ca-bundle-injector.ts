import { MUTATING_WEBHOOK_CONFIGURATION, VALIDATING_WEBHOOK_CONFIGURATION } from '../api/names.ts';
import type { Resource } from '../api/resource.ts';
import {
  MUTATING_WEBHOOK_CONFIGURATIONS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../api/resources.ts';
import type { WebhookConfiguration } from '../api/webhook-configuration.ts';
import type { Reconcile } from '../kube/controller.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Logger } from '../runtime/log.ts';
import { caBundlePatch, type ServiceReference } from './ca-bundle-patch.ts';

/** The configurations that are armed, by name; no other is ever written. */
export const OUR_CONFIGURATIONS: ReadonlyMap<string, Resource<WebhookConfiguration>> = new Map([
  [MUTATING_WEBHOOK_CONFIGURATION, MUTATING_WEBHOOK_CONFIGURATIONS],
  [VALIDATING_WEBHOOK_CONFIGURATION, VALIDATING_WEBHOOK_CONFIGURATIONS],
]);

export interface CaBundleInjectorDeps {
  readonly client: KubeClient;
  readonly log: Logger;
  /** PEM; undefined while there is no certificate. */
  readonly caPem: () => string | undefined;
  /** Resolves when the webhook server answers: not before that is a webhook armed. */
  readonly endpointReady: (signal: AbortSignal) => Promise<void>;
}

/** Arms our webhook configurations: the API server calls a webhook once it trusts it. Keys are names of configurations. */
export function createCaBundleInjector(
  service: ServiceReference,
  { client, log, caPem, endpointReady }: CaBundleInjectorDeps,
): Reconcile {
  return async (name, signal) => {
    const resource = OUR_CONFIGURATIONS.get(name);
    const bundle = caPem();
    if (resource === undefined || bundle === undefined) return undefined;
    const configuration = await client.get(resource, { name }, { signal });
    if (configuration === undefined) return undefined;
    const operations = caBundlePatch(configuration, service, bundle);
    if (operations.length === 0) return undefined;
    await endpointReady(signal);
    await client.patch(resource, { name }, { type: 'json', operations }, { signal });
    log.info('Webhook configuration armed', { configuration: name });
    return undefined;
  };
}
