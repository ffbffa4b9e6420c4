import type { DownloadTotals } from './download-totals.ts';
import type { Failure } from './entry-state.ts';
import type { TargetState } from './target-state.ts';

/** How many targets are in which state. */
export interface TargetCounts {
  readonly desired: number;
  /** Assigned and not ended. */
  readonly active: number;
  readonly waiting: number;
  readonly unavailable: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Slots that are taken: active targets and entries that have yet to go. */
  readonly slots: number;
  /** Entries that have yet to go. */
  readonly leaving: number;
}

type Kind = TargetState['kind'];
type Of<K extends Kind> = Extract<TargetState, { readonly kind: K }>;

/**
 * The states of all targets of one job, with counts that cost nothing to read: each event changes one state. Derived from the caches
 * and can be made again from them at any time.
 */
export class JobProgress {
  readonly #states = new Map<string, TargetState>();
  readonly #byKind: { readonly [K in Kind]: Map<string, Of<K>> } = {
    waiting: new Map(),
    unavailable: new Map(),
    active: new Map(),
    leaving: new Map(),
    succeeded: new Map(),
    failed: new Map(),
  };
  #slotsOfLeaving = 0;
  #desiredOfLeaving = 0;
  #doneBytes = 0;
  #totalBytes = 0;
  #activeShares = 0;
  #nextCheckMs = Number.POSITIVE_INFINITY;

  /** Names of all nodes with a state. */
  names(): Iterable<string> {
    return this.#states.keys();
  }

  has(name: string): boolean {
    return this.#states.has(name);
  }

  get(name: string): TargetState | undefined {
    return this.#states.get(name);
  }

  /** The targets in one state, oldest first. */
  of<K extends Kind>(kind: K): ReadonlyMap<string, Of<K>> {
    return this.#byKind[kind];
  }

  /** Sets the state of a node; undefined when it is no target. */
  record(name: string, state: TargetState | undefined): void {
    const before = this.#states.get(name);
    if (before !== undefined) this.#remove(name, before);
    if (state !== undefined) this.#add(name, state);
  }

  get counts(): TargetCounts {
    const { waiting, unavailable, active, leaving, succeeded, failed } = this.#byKind;
    return {
      desired:
        waiting.size +
        unavailable.size +
        active.size +
        succeeded.size +
        failed.size +
        this.#desiredOfLeaving,
      active: active.size + this.#desiredOfLeaving,
      waiting: waiting.size,
      unavailable: unavailable.size,
      succeeded: succeeded.size,
      failed: failed.size,
      slots: active.size + this.#slotsOfLeaving,
      leaving: leaving.size,
    };
  }

  /** What targets have downloaded, as far as they tell. */
  get totals(): DownloadTotals {
    // A sum of fractions drifts; none of nothing is exact.
    const activeShares = this.#byKind.active.size === 0 ? 0 : Math.max(0, this.#activeShares);
    return { doneBytes: this.#doneBytes, totalBytes: this.#totalBytes, activeShares };
  }

  /** Failures by node. */
  *failures(): Iterable<readonly [string, Failure]> {
    for (const [name, { failure }] of this.#byKind.failed) yield [name, failure];
  }

  /** The earliest moment at which a state may change by itself; infinity when none does. May be too early, never too late. */
  get nextCheckMs(): number {
    return this.#nextCheckMs;
  }

  /** Nodes whose states have to be looked at again at `nowMs`. */
  due(nowMs: number): readonly string[] {
    if (nowMs < this.#nextCheckMs) return [];
    this.#nextCheckMs = Number.POSITIVE_INFINITY;
    const names: string[] = [];
    for (const [name, state] of this.#states) {
      const recheckMs = recheckAt(state);
      if (recheckMs <= nowMs) names.push(name);
      else this.#nextCheckMs = Math.min(this.#nextCheckMs, recheckMs);
    }
    return names;
  }

  #add(name: string, state: TargetState): void {
    this.#states.set(name, state);
    const byKind = this.#byKind[state.kind] as Map<string, TargetState>;
    byKind.set(name, state);
    this.#nextCheckMs = Math.min(this.#nextCheckMs, recheckAt(state));
    this.#countLeaving(state, 1);
    this.#countBytes(state, 1);
  }

  #remove(name: string, state: TargetState): void {
    this.#states.delete(name);
    this.#byKind[state.kind].delete(name);
    this.#countLeaving(state, -1);
    this.#countBytes(state, -1);
  }

  #countBytes(state: TargetState, by: 1 | -1): void {
    if (!('bytes' in state) || state.bytes === undefined) return;
    const { doneBytes, totalBytes } = state.bytes;
    this.#doneBytes += by * doneBytes;
    this.#totalBytes += by * totalBytes;
    if (state.kind === 'active' && totalBytes > 0) {
      this.#activeShares += (by * doneBytes) / totalBytes;
    }
  }

  #countLeaving(state: TargetState, by: 1 | -1): void {
    if (state.kind !== 'leaving') return;
    if (state.holdsSlot) this.#slotsOfLeaving += by;
    if (state.failure !== undefined) this.#desiredOfLeaving += by;
  }
}

function recheckAt(state: TargetState): number {
  return ('recheckAtMs' in state ? state.recheckAtMs : undefined) ?? Number.POSITIVE_INFINITY;
}
