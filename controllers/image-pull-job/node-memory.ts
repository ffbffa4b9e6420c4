import type { Failure } from './entry-state.ts';

/** A failure that no entry shows. */
export interface RememberedFailure {
  readonly failure: Failure;
  /** Another chance comes then, milliseconds since the epoch. */
  readonly untilMs?: number;
}

interface Memory extends RememberedFailure {
  /** Of the NodeImage; a node that was made anew is not the one that failed. */
  readonly uid: string | undefined;
}

interface Postponed {
  readonly tries: number;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What a job keeps in mind about nodes beside what their NodeImages show. */
export class NodeMemory {
  readonly #failures = new Map<string, Memory>();
  readonly #postponed = new Map<string, Postponed>();

  /** Keeps a failure of the NodeImage `uid` of that name. */
  remember(name: string, uid: string | undefined, remembered: RememberedFailure): void {
    this.#failures.set(name, { ...remembered, uid });
  }

  /** The failure of that very NodeImage. */
  recall(name: string, uid: string | undefined): RememberedFailure | undefined {
    const found = this.#failures.get(name);
    return found !== undefined && found.uid === uid ? found : undefined;
  }

  /** Leaves a node that could not be written alone for a while, which depends on the tries before. */
  postpone(name: string, nowMs: number, waitMs: (tries: number) => number): void {
    const { tries, sinceMs } = this.#postponed.get(name) ?? { tries: 0, sinceMs: nowMs };
    this.#postponed.set(name, { tries: tries + 1, sinceMs, untilMs: nowMs + waitMs(tries) });
  }

  /** For how long a node could not be written. */
  postponedForMs(name: string, nowMs: number): number {
    return nowMs - (this.#postponed.get(name)?.sinceMs ?? nowMs);
  }

  isPostponed(name: string, nowMs: number): boolean {
    return (this.#postponed.get(name)?.untilMs ?? 0) > nowMs;
  }

  /** Notes that a node could be written. */
  succeeded(name: string): void {
    this.#postponed.delete(name);
  }

  /** When the first postponed node may be tried again after `nowMs`; infinity when none waits. */
  nextTryMs(nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { untilMs } of this.#postponed.values()) {
      if (untilMs > nowMs) nextMs = Math.min(nextMs, untilMs);
    }
    return nextMs;
  }
}
