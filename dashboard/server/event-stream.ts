import type { ServerResponse } from 'node:http';
import { onAbort } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import { formatEvent, HEARTBEAT } from '../wire/event-stream.ts';
import type { Delta } from '../wire/feed.ts';
import type { Feed } from './feed.ts';

export interface EventStreamsOptions {
  /** Who looks at once; more are turned away. */
  readonly maxStreams: number;
  /** Deltas are sent this often at most. */
  readonly tickMs: number;
  /** Nothing was sent for this long: a heartbeat says that the manager is there. */
  readonly heartbeatMs: number;
  /** Who has not taken what was sent for this long is dropped. */
  readonly stallMs: number;
  /** A stream ends after this long; whoever may still look comes again. */
  readonly maxAgeMs: number;
}

/** Defaults that hold a page at 5,000 nodes: a tick a second is as fast as anybody reads. */
export const EVENT_STREAMS: EventStreamsOptions = {
  maxStreams: 32,
  tickMs: 1000,
  heartbeatMs: 10_000,
  stallMs: 20_000,
  maxAgeMs: 10 * 60_000,
};

export interface EventStreamsDeps {
  readonly feed: Feed;
  readonly clock: Clock;
}

/** Open streams of server-sent events. None of them holds more than one snapshot and one delta in memory, however slow its reader is. */
export class EventStreams {
  readonly #options: EventStreamsOptions;
  readonly #deps: EventStreamsDeps;
  readonly #open = new Set<EventStream>();

  constructor(options: EventStreamsOptions, deps: EventStreamsDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Whether one more may look. */
  get hasRoom(): boolean {
    return this.#open.size < this.#options.maxStreams;
  }

  /** Streams to `response`, whose head was sent, until it closes. */
  open(response: ServerResponse): void {
    const stream = new EventStream(response, this.#deps);
    this.#open.add(stream);
    response.once('close', () => {
      this.#open.delete(stream);
      stream.close();
    });
  }

  /** Keeps all streams up to date until `signal` aborts; then they end. */
  async run(signal: AbortSignal): Promise<void> {
    onAbort(signal, () => this.#each(stream => stream.end()));
    for (;;) {
      await this.#deps.clock.sleep(this.#options.tickMs, signal);
      this.#deps.feed.tick();
      this.#each(stream => stream.look(this.#options));
    }
  }

  #each(action: (stream: EventStream) => void): void {
    for (const stream of this.#open) action(stream);
  }
}

class EventStream {
  readonly #response: ServerResponse;
  readonly #deps: EventStreamsDeps;
  readonly #unsubscribe: () => void;
  readonly #openedMs: number;
  #sentMs: number;
  /** Since when the reader has not taken everything. */
  #fullSinceMs: number | undefined;
  /** Deltas were left out: the next message has to be a snapshot. */
  #isBehind = false;

  constructor(response: ServerResponse, deps: EventStreamsDeps) {
    this.#response = response;
    this.#deps = deps;
    this.#openedMs = deps.clock.monotonicMs();
    this.#sentMs = this.#openedMs;
    this.#unsubscribe = deps.feed.subscribe(delta => this.#tell(delta));
    response.on('drain', () => this.#drained());
    this.#sendSnapshot();
  }

  /** Does what time asks for. */
  look({ heartbeatMs, stallMs, maxAgeMs }: EventStreamsOptions): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#fullSinceMs !== undefined) {
      if (nowMs - this.#fullSinceMs >= stallMs) this.#response.destroy();
      return;
    }
    if (nowMs - this.#openedMs >= maxAgeMs) this.end();
    else if (nowMs - this.#sentMs >= heartbeatMs) this.#write(HEARTBEAT);
  }

  end(): void {
    this.#response.end();
  }

  close(): void {
    this.#unsubscribe();
  }

  #tell(delta: Delta): void {
    if (this.#fullSinceMs !== undefined) this.#isBehind = true;
    else this.#write(formatEvent({ event: 'delta', data: JSON.stringify(delta) }));
  }

  #sendSnapshot(): void {
    const data = JSON.stringify(this.#deps.feed.snapshot());
    this.#write(formatEvent({ event: 'snapshot', data }));
  }

  #write(text: string): void {
    this.#sentMs = this.#deps.clock.monotonicMs();
    if (!this.#response.write(text)) this.#fullSinceMs ??= this.#sentMs;
  }

  #drained(): void {
    this.#fullSinceMs = undefined;
    if (!this.#isBehind) return;
    this.#isBehind = false;
    this.#sendSnapshot();
  }
}
