import { type NodeImageEntryKey, registryOf } from '../../api/image-reference.ts';
import type { ObjectKey } from '../../api/meta.ts';
import { onAbort } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { KnownNodeImages } from '../node-image-writer/known-node-images.ts';
import type { BudgetEvents } from './budget-events.ts';
import { BudgetMetrics } from './budget-metrics.ts';
import { CeilingSettings, type CeilingSettingsDeps } from './ceiling-settings.ts';
import { Claims } from './claims.ts';
import { fairShares } from './fair-shares.ts';
import { LoweredCeilings } from './lowered-ceilings.ts';
import { type PullKey, PullsInFlight, pullKey } from './pulls-in-flight.ts';
import { joined, type Refusal, Refusals } from './refusals.ts';
import type { RegistryHold } from './registry-hold.ts';

/** A job that wants to start pulls. */
export interface Asker {
  readonly key: ObjectKey;
  readonly uid: string;
  /** When the job was created, milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly image: NodeImageEntryKey;
  /** Pulls it has under way. */
  readonly held: number;
}

interface Reservation {
  readonly host: string;
  readonly key: PullKey;
}

export interface RegistryBudgetOptions {
  /** Pulls at once from a registry without a ceiling of its own; 0: no ceiling. */
  readonly maxPullsPerRegistry: number;
}

export interface RegistryBudgetDeps extends Omit<CeilingSettingsDeps, 'changed'> {
  readonly known: Pick<KnownNodeImages, 'get' | 'list' | 'onChange' | 'hasSynced'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly budgetEvents: Pick<BudgetEvents, 'lowered' | 'recovered'>;
  /** Asks for a look at a job that may start pulls now. */
  readonly wake: (key: ObjectKey) => void;
}

/**
 * The ceilings of pulls that run from one registry at once, in the whole cluster. Room is counted and taken in one step, so that it holds for
 * any number of jobs that are looked at at once; jobs that want more than there is share it, and are woken when it gets free.
 */
export class RegistryBudget {
  readonly #deps: RegistryBudgetDeps;
  readonly #settings: CeilingSettings;
  readonly #lowered: LoweredCeilings;
  readonly #metrics: BudgetMetrics;
  readonly #pulls = new PullsInFlight();
  readonly #claims = new Claims();
  readonly #refusals = new Refusals();
  /** Refusals that were read before all pulls were counted. */
  readonly #unheard = new Map<string, Refusal>();
  /** By job and node. */
  readonly #reservations = new Map<string, Reservation>();
  #leading = false;

  constructor(options: RegistryBudgetOptions, deps: RegistryBudgetDeps) {
    this.#deps = deps;
    this.#metrics = new BudgetMetrics(deps.metrics);
    this.#lowered = new LoweredCeilings({
      clock: deps.clock,
      rose: (host, over) => this.#rose(host, over),
    });
    this.#settings = new CeilingSettings(options, { ...deps, changed: () => this.#edited() });
    deps.known.onChange(name => this.#follow(name));
    for (const { metadata } of deps.known.list()) this.#follow(metadata.name);
  }

  /** Until `signal` aborts this replica is the one that gives room away, and the one that tells. All NodeImages are known by now. */
  lead(signal: AbortSignal): void {
    this.#leading = true;
    // Of jobs that may have gone since this replica led before; those that are there ask again.
    const waited = this.#claims.hosts().flatMap(host => this.#claims.on(host));
    this.#claims.clear();
    for (const { key } of waited) this.#deps.wake(key);
    this.#hear();
    this.#lowered.start();
    for (const host of this.#pulls.hosts()) this.#show(host);
    onAbort(signal, () => {
      this.#leading = false;
      this.#lowered.stop();
      this.#metrics.clear();
    });
  }

  /**
   * Those of `nodes`, from the first on, on which the job may start its pull now. They count from here on; `settled` has to follow for each.
   * A pull that runs already is shared and costs nothing.
   */
  admit(asker: Asker, nodes: readonly string[]): readonly string[] {
    const host = registryOf(asker.image.name);
    const runs = (node: string): boolean => this.#pulls.has(host, pullKey(node, asker.image));
    let room = this.#grant(host, asker, nodes.filter(node => !runs(node)).length);
    const admitted = nodes.filter(node => runs(node) || room-- > 0);
    for (const node of admitted) this.#reserve(host, asker, node);
    this.#offer(host);
    return admitted;
  }

  /** The write for the job `uid` on `node` has ended: what the NodeImage shows counts now. */
  settled(uid: string, node: string): void {
    const reserved = this.#reservations.get(`${uid} ${node}`);
    if (reserved === undefined) return;
    this.#reservations.delete(`${uid} ${node}`);
    this.#pulls.release(reserved.host, reserved.key);
    this.#offer(reserved.host);
  }

  /** The job does not wait any longer. */
  withdraw(key: ObjectKey): void {
    const host = this.#claims.hostOf(key);
    if (host === undefined) return;
    this.#claims.drop(key);
    this.#offer(host);
  }

  /** What keeps the job from starting more pulls; undefined when no ceiling does. */
  holdOf(key: ObjectKey): RegistryHold | undefined {
    const registry = this.#claims.hostOf(key);
    if (registry === undefined) return undefined;
    return {
      registry,
      ceiling: this.#ceilingOf(registry),
      inFlight: this.#pulls.count(registry),
      lowered: this.#lowered.limitOf(registry) < this.#settings.ceilingOf(registry),
    };
  }

  #ceilingOf(host: string): number {
    return Math.min(this.#settings.ceilingOf(host), this.#lowered.limitOf(host));
  }

  #roomAt(host: string): number {
    return Math.max(0, this.#ceilingOf(host) - this.#pulls.count(host));
  }

  #follow(name: string): void {
    const { clock, known } = this.#deps;
    const nodeImage = known.get(name);
    for (const [host, { atMs, count }] of this.#refusals.take(name, nodeImage, clock.now())) {
      this.#unheard.set(host, joined(this.#unheard.get(host), atMs, count));
    }
    if (this.#unheard.size > 0 && known.hasSynced) this.#hear();
    for (const host of this.#pulls.update(name, nodeImage)) this.#offer(host);
  }

  /** Lowers the ceilings of registries that refused pulls. Those pulls have ended or are about to, and count as in flight. */
  #hear(): void {
    for (const [host, { atMs, count }] of this.#unheard) {
      const before = this.#ceilingOf(host);
      const inFlight = Math.max(this.#pulls.count(host), count);
      const ceiling = this.#settings.ceilingOf(host);
      if (!this.#lowered.lower(host, { ceiling, inFlight, atMs })) continue;
      if (this.#leading) this.#deps.budgetEvents.lowered(host, this.#ceilingOf(host), before);
      this.#announce(host);
    }
    this.#unheard.clear();
  }

  #rose(host: string, over: boolean): void {
    if (over) this.#deps.budgetEvents.recovered(host, this.#ceilingOf(host));
    this.#announce(host);
  }

  #edited(): void {
    for (const host of new Set([...this.#claims.hosts(), ...this.#pulls.hosts()])) {
      this.#announce(host);
    }
  }

  /** How many of `want` pulls the job gets. What it does not get it goes on claiming. */
  #grant(host: string, { key, held, sinceMs }: Asker, want: number): number {
    this.#claims.drop(key);
    const claim = { key, held, sinceMs, want };
    const shares = fairShares(this.#roomAt(host), [...this.#claims.on(host), claim]);
    const granted = shares.get(claim) ?? 0;
    if (granted < want) {
      this.#claims.set(host, { ...claim, held: held + granted, want: want - granted });
    }
    return granted;
  }

  #reserve(host: string, { uid, image }: Asker, node: string): void {
    const key = pullKey(node, image);
    this.#reservations.set(`${uid} ${node}`, { host, key });
    this.#pulls.reserve(host, key);
  }

  /** Wakes the jobs whose turn it is. */
  #offer(host: string): void {
    this.#show(host);
    const room = this.#roomAt(host);
    if (room === 0) return;
    for (const [{ key }, share] of fairShares(room, this.#claims.on(host))) {
      if (share > 0) this.#deps.wake(key);
    }
  }

  /** Another ceiling holds: whoever waits for the registry has to say so in its status. */
  #announce(host: string): void {
    this.#show(host);
    for (const { key } of this.#claims.on(host)) this.#deps.wake(key);
  }

  #show(host: string): void {
    if (!this.#leading) return;
    this.#metrics.show(host, {
      inFlight: this.#pulls.count(host),
      ceiling: this.#ceilingOf(host),
      waiting: this.#claims.on(host).reduce((total, { want }) => total + want, 0),
    });
  }
}
