import { REGISTRY_BUDGET_CONFIG_MAP } from '../../api/names.ts';
import type { EventRecorder } from '../../kube/event-recorder.ts';
import type { Logger } from '../../runtime/log.ts';

export interface BudgetEventsDeps {
  readonly events: EventRecorder;
  readonly log: Logger;
}

/** Says when a registry asked for less, and when that is over: beside the ConfigMap of ceilings, also where there is none. */
export class BudgetEvents {
  readonly #deps: BudgetEventsDeps;
  readonly #about;

  constructor(options: { readonly namespace: string }, deps: BudgetEventsDeps) {
    this.#deps = deps;
    const metadata = { name: REGISTRY_BUDGET_CONFIG_MAP, namespace: options.namespace };
    this.#about = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
  }

  /** The ceiling of a registry was lowered. */
  lowered(registry: string, to: number, from: number): void {
    const before = Number.isFinite(from) ? `${from} before` : 'no ceiling before';
    this.#deps.events.event(this.#about, {
      type: 'Warning',
      reason: 'RegistryLimitLowered',
      message: `${registry} answered "too many requests": at most ${to} pulls at once for now, ${before}`,
    });
    const limit = Number.isFinite(from) ? { from } : {};
    this.#deps.log.warn('Registry asked for fewer pulls', { registry, to, ...limit });
  }

  /** The ceiling that was set holds again. */
  recovered(registry: string, ceiling: number): void {
    const now = Number.isFinite(ceiling) ? `at most ${ceiling} pulls at once` : 'no ceiling';
    this.#deps.events.event(this.#about, {
      type: 'Normal',
      reason: 'RegistryLimitRecovered',
      message: `${registry} refused no pull for ten minutes: ${now} again`,
    });
    this.#deps.log.info('Registry limit recovered', { registry });
  }
}
