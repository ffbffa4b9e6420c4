import type { Pod } from '../../api/core.ts';
import type { Workload } from '../../api/workload.ts';

/** A workload `default/web` that is updated in place, held back by its partition. */
export function rolloutWorkload(kind: string, replicas: number): Workload {
  const spec = {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'app:v1' }] },
    },
    updateStrategy: {
      type: 'RollingUpdate',
      rollingUpdate: {
        podUpdatePolicy: 'InPlaceIfPossible',
        partition: replicas,
        maxUnavailable: 2,
      },
    },
    ...(kind === 'StatefulSet' ? { podManagementPolicy: 'Parallel', serviceName: 'web' } : {}),
  };
  return { metadata: { name: 'web', namespace: 'default' }, spec };
}

/** The image of the pod's only container. */
export function imageOfContainer(pod: Pod): string | undefined {
  return pod.spec?.containers?.[0]?.image;
}
