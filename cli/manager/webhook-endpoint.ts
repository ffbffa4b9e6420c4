import type { KubeObject } from '../../api/meta.ts';
import { resource } from '../../api/resource.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';

interface EndpointSlice extends KubeObject {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

const SERVICES = resource({
  group: '',
  version: 'v1',
  plural: 'services',
  kind: 'Service',
  namespaced: true,
});
const ENDPOINT_SLICES = resource<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  kind: 'EndpointSlice',
  namespaced: true,
});

const LOOK_AGAIN_MS = 500;
/** Proxies on the nodes learn of an endpoint a moment after the API server. */
const PROXIES_KNOW_MS = 2_000;

/**
 * Resolves when a replica stands behind the Service, so that the API server, once it calls, reaches one. At once when there is no such
 * Service: then the manager runs outside of the cluster, and its webhooks are called by URL.
 */
export async function webhookEndpoint(
  service: { readonly namespace: string; readonly name: string },
  { client, clock }: { readonly client: KubeClient; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name } = service;
  const labelSelector = `kubernetes.io/service-name=${name}`;
  if ((await client.get(SERVICES, service, { signal })) === undefined) return;
  for (;;) {
    const { items } = await client.list(ENDPOINT_SLICES, { namespace, labelSelector, signal });
    if (items.some(hasReadyEndpoint)) break;
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
  await clock.sleep(PROXIES_KNOW_MS, signal);
}

function hasReadyEndpoint({ endpoints }: EndpointSlice): boolean {
  // The list is null, not absent, while no pod matches; an absent `ready` means yes.
  return (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false);
}
