import type { KubeClient } from '../kube/kube-client.ts';
import { isConflict } from '../kube/kube-error.ts';
import type { Logger } from '../runtime/log.ts';
import { OUR_CONFIGURATIONS } from './ca-bundle-injector.ts';
import { disarmingPatch, type ServiceReference } from './ca-bundle-patch.ts';

/** Takes our caBundle out of our configurations, wherever they still are. */
export async function disarm(
  service: ServiceReference,
  { client, log }: { readonly client: KubeClient; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  for (const [name, resource] of OUR_CONFIGURATIONS) {
    const configuration = await client.get(resource, { name }, { signal });
    if (configuration === undefined) continue;
    const operations = disarmingPatch(configuration, service);
    if (operations.length === 0) continue;
    try {
      await client.patch(resource, { name }, { type: 'json', operations }, { signal });
      log.info('Webhook configuration disarmed', { configuration: name });
    } catch (error) {
      // The other replica is at it, too.
      if (!isConflict(error)) throw error;
    }
  }
}
