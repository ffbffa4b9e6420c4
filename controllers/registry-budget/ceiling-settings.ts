import type { ConfigMap } from '../../api/core.ts';
import { keyOf } from '../../api/meta.ts';
import type { EventRecorder } from '../../kube/event-recorder.ts';
import type { Change, Informer } from '../../kube/informer.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Gauge, Metrics } from '../../runtime/metrics.ts';
import {
  type Ceilings,
  ceilingFor,
  NO_CEILINGS,
  type ParsedCeilings,
  parseCeilings,
} from './ceilings.ts';

/** The key of the ConfigMap that is read. */
const KEY = 'ceilings';

export interface CeilingSettingsDeps {
  /** Of the one ConfigMap; absent: nobody may set ceilings. */
  readonly configMaps: Informer<ConfigMap> | undefined;
  readonly events: EventRecorder;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Called after ceilings changed. */
  readonly changed: () => void;
}

/** The ceilings of the ConfigMap. One mistake in it and the ones before stay: a wrong name must not lift a ceiling. */
export class CeilingSettings {
  readonly #fallback: number;
  readonly #deps: CeilingSettingsDeps;
  readonly #mistakes: Gauge;
  #ceilings: Ceilings | undefined;

  constructor(options: { readonly maxPullsPerRegistry: number }, deps: CeilingSettingsDeps) {
    const { maxPullsPerRegistry: most } = options;
    this.#fallback = most === 0 ? Number.POSITIVE_INFINITY : most;
    this.#deps = deps;
    this.#mistakes = deps.metrics.gauge({
      name: 'headstart_registry_budget_mistakes',
      help: 'Mistakes in the ConfigMap of registry ceilings; while there are any, the ceilings before them hold.',
    });
    deps.configMaps?.onChange(change => this.#follow(change));
  }

  /** Pulls at once from `host`; infinity when nobody set a ceiling. */
  ceilingOf(host: string): number {
    return ceilingFor(this.#ceilings ?? NO_CEILINGS, host) ?? this.#fallback;
  }

  #follow({ type, object }: Change<ConfigMap>): void {
    const { ceilings, problems } = type === 'deleted' ? parseCeilings('') : readData(object);
    this.#mistakes.set({}, problems.length);
    if (problems.length > 0) this.#report(object, problems);
    // After a start there are no ceilings before: those that can be read are better than none.
    if (problems.length > 0 && this.#ceilings !== undefined) return;
    this.#ceilings = ceilings;
    this.#deps.changed();
  }

  #report(object: ConfigMap, problems: readonly string[]): void {
    const kept =
      this.#ceilings === undefined ? 'the other lines hold' : 'the ceilings before it hold';
    const message = `${problems.join('; ')}; ${kept}`;
    const once = `${object.metadata.resourceVersion} ${message}`;
    this.#deps.events.event(object, {
      type: 'Warning',
      reason: 'InvalidRegistryBudget',
      message,
      once,
    });
    this.#deps.log.warn('Registry ceilings had mistakes', { configMap: keyOf(object), problems });
  }
}

function readData({ data = {} }: ConfigMap): ParsedCeilings {
  const { ceilings, problems } = parseCeilings(data[KEY] ?? '');
  const others = Object.keys(data).filter(key => key !== KEY);
  const strays = others.map(key => `data.${key} is not read; write its line into data.${KEY}`);
  return { ceilings, problems: [...problems, ...strays] };
}
