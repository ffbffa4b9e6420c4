import {
  MUTATING_WEBHOOK_CONFIGURATIONS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../api/resources.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { until } from '../test/cluster/until.ts';

/** Resolves when the manager has put its certificate authority into every webhook. */
export async function untilArmed(client: KubeClient): Promise<void> {
  const kinds = [MUTATING_WEBHOOK_CONFIGURATIONS, VALIDATING_WEBHOOK_CONFIGURATIONS];
  const isArmed = async (): Promise<boolean> => {
    const lists = await Promise.all(kinds.map(kind => client.list(kind)));
    const webhooks = lists.flatMap(({ items }) => items).flatMap(item => item.webhooks ?? []);
    return webhooks.every(({ clientConfig }) => clientConfig.caBundle !== undefined);
  };
  await until(isArmed, { what: 'the webhooks to be armed' });
}
