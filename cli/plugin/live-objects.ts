import type { KubeObject } from '../../api/meta.ts';
import type { Resource } from '../../api/resource.ts';
import { createInformer } from '../../kube/create-informer.ts';
import type { Informer, InformerOptions } from '../../kube/informer.ts';
import { silentLogger } from '../../runtime/log.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import type { Session } from './session.ts';

type Selection<T extends KubeObject> = Omit<InformerOptions<T>, 'resource'>;

/**
 * A copy of the selected objects that keeps itself up to date until `signal` aborts. What may not be read fails here; later trouble is
 * waited out.
 */
export async function followObjects<T extends KubeObject>(
  resource: Resource<T>,
  selection: Selection<T>,
  { client, clock }: Session,
  signal: AbortSignal,
): Promise<Informer<T>> {
  const { namespace, labelSelector, fieldSelector } = selection;
  await client.list(resource, {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    signal,
  });
  const deps = { client, clock, log: silentLogger, metrics: noMetrics, random: Math.random };
  const informer = createInformer<T>({ resource, ...selection }, deps);
  // It ends, without a failure, when the signal aborts.
  void Promise.allSettled([informer.run(signal)]);
  await informer.synced(signal);
  return informer;
}
