import { GROUP } from '../../api/names.ts';
import { apiVersionOf, type Resource } from '../../api/resource.ts';
import { IMAGE_LIST_PULL_JOBS, IMAGE_PULL_JOBS, NODE_IMAGES } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import { WORKLOAD_KINDS } from '../../api/workload-kinds.ts';
import { discoverVersions } from '../../kube/discovery.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { HeadstartError } from '../../runtime/errors.ts';
import type { Runnable } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';

/** How often the cluster is asked whether it serves other workload kinds now. */
const LOOK_AGAIN_MS = 60_000;

const OURS = [IMAGE_PULL_JOBS, IMAGE_LIST_PULL_JOBS, NODE_IMAGES];

/** The workload kinds the cluster serves, each in its newest version that we read. Throws KUBE_CRD_MISSING without our own kinds. */
export async function servedWorkloads(
  client: KubeClient,
  signal: AbortSignal,
): Promise<readonly Resource<Workload>[]> {
  const served = await discoverVersions(client, GROUP, { signal });
  const missing = OURS.filter(({ plural, version }) => !served.get(plural)?.includes(version));
  if (missing.length > 0) {
    const names = missing.map(({ plural, version }) => `${plural}.${GROUP}/${version}`).join(', ');
    throw new HeadstartError(
      'KUBE_CRD_MISSING',
      `the cluster does not serve ${names}: apply manifests/install.yaml first`,
      { retryable: true },
    );
  }
  // Every Kubernetes serves apps/v1.
  return WORKLOAD_KINDS.flatMap(({ resource, versions }) => {
    if (resource.group !== GROUP) return [resource];
    const version = versions.find(known => served.get(resource.plural)?.includes(known));
    return version === undefined ? [] : [{ ...resource, version }];
  });
}

/**
 * Ends the process when a workload kind comes or goes (OpenKruise installed after Headstart): informers are made at the start,
 * and a restart is a second.
 */
export function servedKindsWatch(
  known: readonly Resource<Workload>[],
  deps: { readonly client: KubeClient; readonly clock: Clock; readonly log: Logger },
): Runnable {
  const print = (resources: readonly Resource<Workload>[]): string =>
    resources.map(resource => `${resource.plural}.${apiVersionOf(resource)}`).join(', ');
  return {
    name: 'served kinds',
    run: async signal => {
      for (;;) {
        await deps.clock.sleep(LOOK_AGAIN_MS, signal);
        const now = await servedWorkloads(deps.client, signal).catch((err: unknown) => {
          signal.throwIfAborted();
          deps.log.warn('Failed to look for workload kinds', { err });
          return known;
        });
        if (print(now) === print(known)) continue;
        throw new HeadstartError(
          'KUBE_CRD_MISSING',
          `workload kinds changed from ${print(known)} to ${print(now)}: starting again`,
        );
      }
    },
  };
}
