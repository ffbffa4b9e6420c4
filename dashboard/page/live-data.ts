import { EventParser, type StreamEvent } from '../wire/event-stream.ts';
import { applyDelta, type Delta, type Snapshot } from '../wire/feed.ts';
import type { Tables } from '../wire/rows.ts';
import { now as browserNow, pause } from './browser-time.ts';
import { Refusal, request } from './request.ts';

/** How the page stands with the manager. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** It was there, and is not now: what is shown is old. */
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly why: string }
  | { readonly kind: 'token'; readonly message: string }
  | { readonly kind: 'forbidden'; readonly message: string };

/** What the page shows. */
export interface Live {
  readonly connection: Connection;
  readonly tables: Tables | undefined;
  readonly version: string;
  /** The server's clock less ours. */
  readonly skewMs: number;
}

/** The manager beats every 10 s. */
const SILENCE_MS = 25_000;
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [1000, 15_000];

const NOTHING: Live = {
  connection: { kind: 'connecting' },
  tables: undefined,
  version: '',
  skewMs: 0,
};

/** Follows the manager: takes snapshots and deltas, connects again, and says how it stands. */
export class LiveData {
  token: string | undefined;
  #live = NOTHING;
  #listener: (live: Live) => void = () => {};
  #retryMs = FIRST_RETRY_MS;
  #attempt = new AbortController();

  /** Tells `listener` of everything from now on. */
  follow(listener: (live: Live) => void): void {
    this.#listener = listener;
    void this.#run();
  }

  /** Tries again with this token. */
  useToken(token: string): void {
    this.token = token;
    this.#set({ connection: { kind: 'connecting' } });
    this.#attempt.abort();
  }

  async #run(): Promise<never> {
    for (;;) {
      this.#attempt = new AbortController();
      const { signal } = this.#attempt;
      try {
        await this.#stream(signal);
      } catch (error) {
        if (!signal.aborted) this.#failed(error);
      }
      await pause(this.#isWaitingForPerson ? LAST_RETRY_MS * 1000 : this.#retryMs, signal);
      this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
    }
  }

  get #isWaitingForPerson(): boolean {
    return ['token', 'forbidden'].includes(this.#live.connection.kind);
  }

  async #stream(signal: AbortSignal): Promise<void> {
    const response = await request('api/events', this.token, signal);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    for (;;) {
      const piece = await withinSilence(reader?.read());
      if (piece === undefined || piece.done) {
        void reader?.cancel().catch(() => {});
        throw new Refusal(0, piece === undefined ? 'it is silent' : 'it ended the connection');
      }
      for (const event of parser.push(piece.value)) this.#take(event);
    }
  }

  #take({ event, data }: StreamEvent): void {
    this.#retryMs = FIRST_RETRY_MS;
    if (event === 'snapshot') {
      const { now, version, tables } = JSON.parse(data) as Snapshot;
      this.#set({ connection: { kind: 'live' }, tables, version, skewMs: now - browserNow() });
    } else if (event === 'delta' && this.#live.tables !== undefined) {
      const delta = JSON.parse(data) as Delta;
      this.#set({ tables: applyDelta(this.#live.tables, delta), skewMs: delta.now - browserNow() });
    }
  }

  #failed(error: unknown): void {
    const message = error instanceof Refusal ? error.message : 'it does not answer';
    const status = error instanceof Refusal ? error.status : 0;
    if (status === 401) this.#set({ connection: { kind: 'token', message } });
    else if (status === 403) this.#set({ connection: { kind: 'forbidden', message } });
    else {
      const { connection } = this.#live;
      const sinceMs = connection.kind === 'lost' ? connection.sinceMs : browserNow();
      this.#set({ connection: { kind: 'lost', sinceMs, why: message } });
    }
  }

  #set(change: Partial<Live>): void {
    this.#live = { ...this.#live, ...change };
    this.#listener(this.#live);
  }
}

/** What `work` brings, or undefined when nothing came for too long. */
async function withinSilence<T>(work: Promise<T> | undefined): Promise<T | undefined> {
  const silence = new AbortController();
  try {
    return await Promise.race([work, pause(SILENCE_MS, silence.signal).then(() => undefined)]);
  } finally {
    silence.abort();
  }
}
