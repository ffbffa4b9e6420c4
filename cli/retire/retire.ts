import type { Pod } from '../../api/core.ts';
import { MANAGER_DEPLOYMENT } from '../../api/names.ts';
import { DEPLOYMENTS, PODS } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';

const LOOK_AGAIN_MS = 500;

interface RetireDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Scales the managers in `namespace` to nothing and resolves when the last of them has ended: by then they have disarmed their
 * webhooks and let go of unfinished jobs. For whoever deletes their rights next.
 */
export async function retire(
  namespace: string,
  { client, clock, log }: RetireDeps,
  signal: AbortSignal,
): Promise<void> {
  const key = { namespace, name: MANAGER_DEPLOYMENT };
  const deployment = await client.get(DEPLOYMENTS, key, { signal });
  if (deployment === undefined) {
    log.info('Found no managers', { namespace });
    return;
  }
  const labels = Object.entries(deployment.spec.selector?.matchLabels ?? {});
  const labelSelector = labels.map(([name, value]) => `${name}=${value}`).join();
  await client.patch(
    DEPLOYMENTS,
    key,
    { type: 'merge', body: { spec: { replicas: 0 } } },
    { signal },
  );
  for (;;) {
    const { items } = await client.list(PODS, { namespace, labelSelector, signal });
    if (!items.some(isAlive)) break;
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
  log.info('Retired the managers', { namespace });
}

/** Pods that were evicted stay as objects and never run again. */
const isAlive = ({ status }: Pod): boolean =>
  status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
