import { LEADER_LEASE } from '../../api/names.ts';
import type { Informers } from '../../controllers/informers.ts';
import type { Controller } from '../../kube/controller.ts';
import { createLeaderElector } from '../../kube/leader-elector.ts';
import type { Runnable } from '../../runtime/lifecycle.ts';
import type { Check } from '../../runtime/probes.ts';
import type { ManagerDeps } from './compose-manager.ts';
import type { ManagerOptions } from './options.ts';

/** The controllers, run by whoever leads. */
export interface Leading {
  readonly part: Runnable;
  readonly ready: Readonly<Record<string, Check>>;
}

/** client-go's proportions: a lease of 15 s is renewed every 2 s and given up after 10 s without success. */
export function leaseTimes({ leaseDurationMs }: ManagerOptions) {
  const renewDeadlineMs = (leaseDurationMs * 2) / 3;
  return {
    leaseDurationMs,
    renewDeadlineMs,
    retryPeriodMs: (leaseDurationMs * 2) / 15,
    /** What a leader sends last must have ended before the next one begins. */
    writeDeadlineMs: (leaseDurationMs - renewDeadlineMs) * 0.8,
  };
}

/** Wires the controllers to the Lease; without `--leader-elect` they run at once. */
export function composeLeading(
  options: ManagerOptions,
  deps: ManagerDeps,
  {
    informers,
    controllers,
  }: { readonly informers: Informers; readonly controllers: readonly Controller[] },
): Leading {
  const lead = async (signal: AbortSignal): Promise<void> => {
    await informers.synced(signal);
    await Promise.all(controllers.map(controller => controller.run(signal)));
  };
  if (!options.leaderElect) return { part: { name: 'controllers', run: lead }, ready: {} };
  const elector = createLeaderElector(
    {
      namespace: options.namespace,
      name: LEADER_LEASE,
      identity: deps.identity,
      ...leaseTimes(options),
    },
    deps,
  );
  return {
    part: { name: 'leader election', run: signal => elector.run(lead, signal) },
    ready: { leader: () => (elector.leader ? undefined : 'no leader is known') },
  };
}
