import { isBeingDeleted } from '../../api/meta.ts';
import { MANAGER_DEPLOYMENT } from '../../api/names.ts';
import { DEPLOYMENTS } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { withDeadline } from '../../runtime/deadline.ts';
import type { Logger } from '../../runtime/log.ts';

/** Saying goodbye is a courtesy: the process must not wait for an API server that is gone, too. */
const DEADLINE_MS = 3000;

interface UninstallDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Tells a manager that goes for good from one that is replaced or moves to another node. */
export class Uninstall {
  readonly #namespace: string;
  readonly #deps: UninstallDeps;
  #wasInstalled = false;

  constructor(namespace: string, deps: UninstallDeps) {
    this.#namespace = namespace;
    this.#deps = deps;
  }

  /** Notes whether a Deployment runs this manager; one that was started by hand has none. Never rejects. */
  async observe(): Promise<void> {
    await this.#try(async signal => {
      this.#wasInstalled = (await this.#deployment(signal)) !== undefined;
    });
  }

  /** Runs `goodbye` if the Deployment is gone, goes, or was scaled to nothing. Never rejects. */
  async whenUnderWay(goodbye: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (!this.#wasInstalled) return;
    await this.#try(async signal => {
      const found = await this.#deployment(signal);
      const leaves = found === undefined || isBeingDeleted(found) || found.spec.replicas === 0;
      if (leaves) await goodbye(signal);
    });
  }

  #deployment(signal: AbortSignal): Promise<Workload | undefined> {
    const key = { namespace: this.#namespace, name: MANAGER_DEPLOYMENT };
    return this.#deps.client.get(DEPLOYMENTS, key, { signal });
  }

  async #try(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    using deadline = withDeadline(undefined, DEADLINE_MS, this.#deps.clock);
    try {
      await work(deadline.signal);
    } catch (err) {
      this.#deps.log.warn('Failed to look at the Deployment of the manager', { err });
    }
  }
}
