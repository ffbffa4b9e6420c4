import type { ServerResponse } from 'node:http';
import type { Clock } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/log.ts';

export interface WatchStreamOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** The stream ends after this long. */
  readonly timeoutMs: number;
  /** Tell the revision once in a while, and at the end. */
  readonly bookmarks: boolean;
  /** Of the objects in bookmarks. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly revision: () => number;
}

/** As often as kube-apiserver. */
export const BOOKMARK_INTERVAL_MS = 60_000;
/** A client that does not read is cut off before it fills the memory. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** The answer to a watch: one JSON document a line, until the time is over, the client goes or the server stops. */
export class WatchStream {
  readonly #response: ServerResponse;
  readonly #options: WatchStreamOptions;
  readonly #endings: (() => void)[] = [];
  #ended = false;

  constructor(response: ServerResponse, options: WatchStreamOptions) {
    this.#response = response;
    this.#options = options;
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' });
    response.flushHeaders();
    response.once('close', () => this.#release());
    this.#endings.push(options.clock.after(options.timeoutMs, () => this.#timeOut()));
    if (options.bookmarks) this.#bookmarkLater();
  }

  /** Sends a line; an empty one is nothing. */
  write(line: string): void {
    if (line === '' || this.#ended) return;
    this.#response.write(line);
    if (this.#response.writableLength <= MAX_BUFFERED_BYTES) return;
    this.#options.log.warn('Cut off a watcher that does not read', { kind: this.#options.kind });
    this.#response.destroy();
  }

  /** Tells the client how far it has seen everything. */
  bookmark(revision: number, endsInitialEvents = false): void {
    const { apiVersion, kind } = this.#options;
    const annotations = endsInitialEvents
      ? { annotations: { 'k8s.io/initial-events-end': 'true' } }
      : {};
    const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...annotations };
    this.write(`${JSON.stringify({ type: 'BOOKMARK', object: { kind, apiVersion, metadata } })}\n`);
  }

  /** Ends the stream with an error. */
  endWith(status: object): void {
    this.write(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    this.end();
  }

  /** Ends the stream in order. */
  end(): void {
    if (!this.#ended) this.#response.end();
    this.#release();
  }

  /** Calls `release` once when the stream is over, at once if it is. */
  onEnd(release: () => void): void {
    if (this.#ended) release();
    else this.#endings.push(release);
  }

  #timeOut(): void {
    if (this.#options.bookmarks) this.bookmark(this.#options.revision());
    this.end();
  }

  #bookmarkLater(): void {
    let cancel = (): void => {};
    const again = (): void => {
      cancel = this.#options.clock.after(BOOKMARK_INTERVAL_MS, () => {
        this.bookmark(this.#options.revision());
        again();
      });
    };
    again();
    this.#endings.push(() => cancel());
  }

  #release(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const release of this.#endings.splice(0)) release();
  }
}
