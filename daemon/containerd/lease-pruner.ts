import { linkedAbort } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { ContentStore } from './content-store.ts';
import { dropPullLeases } from './pull-lease.ts';

export interface LeasePrunerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly runtime: {
    readonly store: ContentStore | undefined;
    available(signal: AbortSignal): Promise<void>;
  };
}

const RETRY_MS = 30_000;
const FOR_EVER_MS = 2 ** 31 - 1;

/** Lets go of what was downloaded for images that are complete or that nobody wants any longer, also by a daemon that died. */
export class LeasePruner {
  readonly #deps: LeasePrunerDeps;
  #kept: ReadonlySet<string> | undefined;
  #isDue = false;
  #wake = (): void => {};

  constructor(deps: LeasePrunerDeps) {
    this.#deps = deps;
  }

  /** Keeps what there is of `images`, and of no others. */
  keepOnly(images: ReadonlySet<string>): void {
    const before = this.#kept;
    this.#kept = images;
    // What was left by a daemon before us is not known, so the first time counts always.
    if (before !== undefined && [...before].every(image => images.has(image))) return;
    this.#isDue = true;
    this.#wake();
  }

  /** Works until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#deps.runtime.available(signal);
        if (this.#isDue) await this.#prune(signal);
        else await this.#pause(FOR_EVER_MS, signal);
      } catch (err) {
        if (signal.aborted) return;
        this.#isDue = true;
        this.#deps.log.debug('Leases were not looked through', { err });
        await this.#pause(RETRY_MS, signal);
      }
    }
  }

  async #prune(signal: AbortSignal): Promise<void> {
    this.#isDue = false;
    const { store } = this.#deps.runtime;
    if (store === undefined) return;
    await dropPullLeases(store, image => this.#kept?.has(image) === true, signal);
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    using pause = linkedAbort(signal);
    this.#wake = () => pause.abort();
    await this.#deps.clock.sleep(ms, pause.signal).catch(() => {
      // Only an abort ends it early, and both kinds mean: go on.
    });
    this.#wake = () => {};
  }
}
