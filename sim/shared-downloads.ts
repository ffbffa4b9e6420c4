import { linkedAbort, untilAborted } from '../runtime/abort.ts';

interface Download {
  readonly done: Promise<void>;
  readonly abort: () => void;
  waiters: number;
}

/** Runs one download for all who want the same thing at once, and gives it up when the last of them does. */
export class SharedDownloads {
  readonly #running = new Map<string, Download>();

  /** Joins the download of `key`, or starts it. Rejects with the signal's reason when that aborts first. */
  async join(
    key: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    signal.throwIfAborted();
    const download = this.#running.get(key) ?? this.#start(key, start);
    download.waiters++;
    try {
      await untilAborted(download.done, signal);
    } finally {
      download.waiters--;
      if (download.waiters === 0) {
        // Nobody waits for what is given up here, so a newcomer must not join it.
        if (this.#running.get(key) === download) this.#running.delete(key);
        download.abort();
      }
    }
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<void>): Download {
    const controller = linkedAbort();
    const done = start(controller.signal);
    // Whoever joined sees the failure; a download that everybody left fails unseen.
    done.catch(() => {});
    const download = { done, abort: () => controller.abort(), waiters: 0 };
    this.#running.set(key, download);
    return download;
  }
}
