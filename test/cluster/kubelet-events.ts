import type { KubeEvent } from '../../api/core.ts';
import { EVENTS } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/kube-client.ts';

/** What kubelets said about an image, as names of pods. */
export interface KubeletReport {
  /** Pods that found the image on their node. */
  readonly present: readonly string[];
  /** Pods that waited until it was pulled. */
  readonly waited: readonly string[];
}

/** Reads the Events of all kubelets about `image`. */
export async function kubeletReport(client: KubeClient, image: string): Promise<KubeletReport> {
  const { items } = await client.list(EVENTS, { namespace: 'default' });
  const podsOf = (is: (event: KubeEvent) => boolean): string[] => [
    ...new Set(
      items
        .filter(event => event.message?.includes(`"${image}"`) && is(event))
        .map(event => event.involvedObject.name ?? ''),
    ),
  ];
  return {
    present: podsOf(({ message }) => message?.includes('already present on machine') ?? false),
    waited: podsOf(({ reason }) => reason === 'Pulling'),
  };
}
