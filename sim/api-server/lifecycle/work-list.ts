import type { Clock } from '../../../runtime/clock.ts';
import { describeError } from '../../../runtime/errors.ts';
import type { Logger } from '../../../runtime/log.ts';

/** How long a failed piece of work waits. */
const RETRY_MS = 1_000;

/** Work on keys, one at a time, each key once however often it is added. What fails is tried again after a while. */
export class WorkList {
  readonly #keys = new Set<string>();
  readonly #retries = new Set<() => void>();
  readonly #work: (key: string) => Promise<void>;
  readonly #deps: { readonly clock: Clock; readonly log: Logger };
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(work: (key: string) => Promise<void>, deps: { clock: Clock; log: Logger }) {
    this.#work = work;
    this.#deps = deps;
  }

  /** Has `key` worked on in a later turn. */
  add(key: string): void {
    if (this.#stopped) return;
    this.#keys.add(key);
    this.#running ??= this.#drain();
  }

  /** Drops what is left and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#keys.clear();
    for (const cancel of this.#retries) cancel();
    await this.#running;
  }

  async #drain(): Promise<void> {
    // Out of the turn of the commit that brought the work.
    await Promise.resolve();
    for (const key of this.#keys) {
      this.#keys.delete(key);
      await this.#attempt(key);
    }
    this.#running = undefined;
  }

  async #attempt(key: string): Promise<void> {
    try {
      await this.#work(key);
    } catch (error) {
      this.#deps.log.debug('Put off work', { key, err: describeError(error) });
      const cancel = this.#deps.clock.after(RETRY_MS, () => {
        this.#retries.delete(cancel);
        this.add(key);
      });
      this.#retries.add(cancel);
    }
  }
}
