import type { Gauge, Metrics } from '../../runtime/metrics.ts';

/** More registries than anybody runs; names in images are users' input, and a label must not grow without end. */
const MAX_REGISTRIES = 100;
const OTHERS = 'other';

/** Where one registry stands. */
export interface RegistryUse {
  readonly inFlight: number;
  /** Infinity: no ceiling. */
  readonly ceiling: number;
  /** Targets that only the ceiling keeps from pulling. */
  readonly waiting: number;
}

/** Shows the use of registries. The first hundred have a name, the others are added up. */
export class BudgetMetrics {
  readonly #inFlight: Gauge;
  readonly #limit: Gauge;
  readonly #waiting: Gauge;
  readonly #shown = new Map<string, RegistryUse>();
  readonly #named = new Set<string>();

  constructor(metrics: Metrics) {
    this.#inFlight = metrics.gauge({
      name: 'headstart_registry_pulls_in_flight',
      help: 'Pulls that run from a registry, of all jobs and nodes.',
      labelNames: ['registry'],
    });
    this.#limit = metrics.gauge({
      name: 'headstart_registry_pulls_limit',
      help: 'Pulls at once that a registry may have now; +Inf without a ceiling.',
      labelNames: ['registry'],
    });
    this.#waiting = metrics.gauge({
      name: 'headstart_registry_targets_waiting',
      help: 'Targets that only the ceiling of their registry keeps from pulling.',
      labelNames: ['registry'],
    });
  }

  /** Shows where `host` stands. */
  show(host: string, use: RegistryUse): void {
    const before = this.#shown.get(host);
    const registry = this.#labelOf(host);
    this.#inFlight.inc({ registry }, use.inFlight - (before?.inFlight ?? 0));
    this.#waiting.inc({ registry }, use.waiting - (before?.waiting ?? 0));
    if (registry !== OTHERS) this.#limit.set({ registry }, use.ceiling);
    if (use.inFlight + use.waiting > 0) this.#shown.set(host, use);
    else this.#shown.delete(host);
  }

  /** Shows nothing any longer: another replica does. */
  clear(): void {
    for (const [host, { ceiling }] of this.#shown) {
      this.show(host, { inFlight: 0, waiting: 0, ceiling });
    }
  }

  #labelOf(host: string): string {
    if (this.#named.size < MAX_REGISTRIES) this.#named.add(host);
    return this.#named.has(host) ? host : OTHERS;
  }
}
