import { type NodeImageEntryKey, registryOf } from '../../api/image-reference.ts';
import type { ObjectKey } from '../../api/meta.ts';
import type { KnownNodeImages } from '../node-image-writer/known-node-images.ts';
import { type Claimant, fairShares } from './fair-shares.ts';
import { type PullKey, PullsInFlight, pullKey } from './pulls-in-flight.ts';
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

/** A job that got less than it asked for. */
interface Claim extends Claimant {
  readonly key: ObjectKey;
}

interface Reservation {
  readonly host: string;
  readonly key: PullKey;
}

export interface RegistryBudgetOptions {
  /** Pulls at once from any registry; 0: no ceiling. */
  readonly maxPullsPerRegistry: number;
}

export interface RegistryBudgetDeps {
  readonly known: KnownNodeImages;
  /** Asks for a look at a job that may start pulls now. */
  readonly wake: (key: ObjectKey) => void;
}

/**
 * The ceilings of pulls that run from one registry at once, in the whole cluster. Room is counted and taken in one step, so that it holds for
 * any number of jobs that are looked at at once; jobs that want more than there is share it, and are woken when it gets free.
 */
export class RegistryBudget {
  readonly #options: RegistryBudgetOptions;
  readonly #deps: RegistryBudgetDeps;
  readonly #pulls = new PullsInFlight();
  /** By host; hosts without a claim have no entry. */
  readonly #claims = new Map<string, Map<ObjectKey, Claim>>();
  readonly #claimedFrom = new Map<ObjectKey, string>();
  /** By job and node. */
  readonly #reservations = new Map<string, Reservation>();

  constructor(options: RegistryBudgetOptions, deps: RegistryBudgetDeps) {
    this.#options = options;
    this.#deps = deps;
    deps.known.onChange(name => this.#follow(name));
    for (const { metadata } of deps.known.list()) this.#follow(metadata.name);
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
    const host = this.#claimedFrom.get(key);
    if (host === undefined) return;
    this.#drop(key);
    this.#offer(host);
  }

  /** What keeps the job from starting more pulls; undefined when no ceiling does. */
  holdOf(key: ObjectKey): RegistryHold | undefined {
    const registry = this.#claimedFrom.get(key);
    if (registry === undefined) return undefined;
    const ceiling = this.#ceilingOf(registry);
    return { registry, ceiling, inFlight: this.#pulls.count(registry), lowered: false };
  }

  #follow(name: string): void {
    const changed = this.#pulls.update(name, this.#deps.known.get(name));
    for (const host of changed) this.#offer(host);
  }

  #ceilingOf(_host: string): number {
    const { maxPullsPerRegistry } = this.#options;
    return maxPullsPerRegistry === 0 ? Number.POSITIVE_INFINITY : maxPullsPerRegistry;
  }

  #roomAt(host: string): number {
    return Math.max(0, this.#ceilingOf(host) - this.#pulls.count(host));
  }

  /** How many of `want` pulls the job gets. What it does not get it goes on claiming. */
  #grant(host: string, { key, held, sinceMs }: Asker, want: number): number {
    this.#drop(key);
    const claim = { key, held, sinceMs, want };
    const others = this.#claims.get(host)?.values() ?? [];
    const granted = fairShares(this.#roomAt(host), [...others, claim]).get(claim) ?? 0;
    if (granted < want) this.#claim(host, { ...claim, held: held + granted, want: want - granted });
    return granted;
  }

  #reserve(host: string, { uid, image }: Asker, node: string): void {
    const key = pullKey(node, image);
    this.#reservations.set(`${uid} ${node}`, { host, key });
    this.#pulls.reserve(host, key);
  }

  #claim(host: string, claim: Claim): void {
    let claims = this.#claims.get(host);
    if (claims === undefined) this.#claims.set(host, (claims = new Map()));
    claims.set(claim.key, claim);
    this.#claimedFrom.set(claim.key, host);
  }

  #drop(key: ObjectKey): void {
    const host = this.#claimedFrom.get(key);
    if (host === undefined) return;
    this.#claimedFrom.delete(key);
    const claims = this.#claims.get(host);
    claims?.delete(key);
    if (claims?.size === 0) this.#claims.delete(host);
  }

  /** Wakes the jobs whose turn it is. */
  #offer(host: string): void {
    const claims = this.#claims.get(host);
    if (claims === undefined) return;
    for (const [{ key }, share] of fairShares(this.#roomAt(host), [...claims.values()])) {
      if (share > 0) this.#deps.wake(key);
    }
  }
}
