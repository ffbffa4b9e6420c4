import { isAbort, onAbort, untilAborted } from './abort.ts';
import type { Clock } from './clock.ts';
import { HeadstartError } from './errors.ts';
import type { Logger } from './log.ts';

/** A part of a process. */
export interface Runnable {
  readonly name: string;
  /** Works until `signal` aborts, then ends. When it ends or rejects before, the whole process stops. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when parts of later groups may start: cache synced, port open. Absent means at once. */
  started?(signal: AbortSignal): Promise<void>;
}

export interface LifecycleOptions {
  /** Groups in the order of their start; they stop in reverse. Parts of one group start and stop together. */
  readonly groups: readonly (readonly Runnable[])[];
  /** All groups together may take this long to stop. */
  readonly stopTimeoutMs: number;
}

interface LifecycleDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Runs a process until `signal` aborts or one of its parts fails; then stops every group in reverse order and waits for it.
 * Rejects with the first failure, or with `DEADLINE_EXCEEDED` when a part does not end in time.
 */
export async function runLifecycle(
  options: LifecycleOptions,
  deps: LifecycleDeps,
  signal: AbortSignal,
): Promise<void> {
  const lifecycle = new Lifecycle(deps);
  const unlink = onAbort(signal, () => lifecycle.end(signal.reason));
  try {
    for (const group of options.groups) await lifecycle.start(group);
    await lifecycle.ended();
    await lifecycle.stop(options.stopTimeoutMs);
  } finally {
    unlink();
  }
}

interface RunningGroup {
  readonly controller: AbortController;
  readonly done: Promise<unknown>;
}

class Lifecycle {
  readonly #deps: LifecycleDeps;
  readonly #end = new AbortController();
  readonly #groups: RunningGroup[] = [];
  /** Names of the parts that have not ended. */
  readonly #alive = new Set<string>();
  #failure: { readonly error: unknown } | undefined;

  constructor(deps: LifecycleDeps) {
    this.#deps = deps;
  }

  end(reason: unknown): void {
    this.#end.abort(reason);
  }

  /** Starts a group, unless the end has come, and waits until it has started or the end comes. */
  async start(group: readonly Runnable[]): Promise<void> {
    if (this.#end.signal.aborted) return;
    const controller = new AbortController();
    const done = Promise.all(group.map(part => this.#run(part, controller.signal)));
    this.#groups.push({ controller, done });
    await Promise.all(group.map(part => this.#started(part)));
  }

  ended(): Promise<void> {
    return new Promise(resolve => onAbort(this.#end.signal, resolve));
  }

  /** Stops the groups, last first, and throws the first failure. */
  async stop(timeoutMs: number): Promise<void> {
    const { clock } = this.#deps;
    let cancel = (): void => {};
    const late = new Promise<'late'>(resolve => {
      cancel = clock.after(timeoutMs, () => resolve('late'));
    });
    const stopped = await Promise.race([this.#stopGroups(), late]);
    cancel();
    if (this.#failure !== undefined) throw this.#failure.error;
    if (stopped === 'late') {
      const parts = [...this.#alive].join(', ');
      throw new HeadstartError('DEADLINE_EXCEEDED', `did not stop in ${timeoutMs} ms: ${parts}`);
    }
  }

  async #stopGroups(): Promise<void> {
    for (const { controller, done } of this.#groups.toReversed()) {
      controller.abort(this.#end.signal.reason);
      await done;
    }
  }

  async #run(part: Runnable, signal: AbortSignal): Promise<void> {
    this.#alive.add(part.name);
    try {
      await part.run(signal);
      if (!signal.aborted) throw new HeadstartError('INTERNAL', `${part.name} ended by itself`);
    } catch (error) {
      if (!signal.aborted || !isAbort(error, signal)) this.#fail(part, error);
    } finally {
      this.#alive.delete(part.name);
    }
  }

  async #started(part: Runnable): Promise<void> {
    if (part.started === undefined) return;
    try {
      await untilAborted(part.started(this.#end.signal), this.#end.signal);
    } catch (error) {
      if (!isAbort(error, this.#end.signal)) this.#fail(part, error);
    }
  }

  /** The first failure is thrown to the caller; later ones would be lost without a log line. */
  #fail(part: Runnable, error: unknown): void {
    if (this.#failure === undefined) {
      this.#failure = { error };
    } else if (this.#failure.error !== error) {
      this.#deps.log.error('Part failed while the process stopped', {
        part: part.name,
        err: error,
      });
    }
    this.#end.abort(error);
  }
}
