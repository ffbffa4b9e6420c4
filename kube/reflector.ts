import type { KubeObject } from '../api/meta.ts';
import type { Resource } from '../api/resource.ts';
import { linkedAbort } from '../runtime/abort.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { KubeClient, WatchEvent } from './kube-client.ts';
import { isGone, KubeError } from './kube-error.ts';
import { Silence } from './silence.ts';

export interface ReflectorOptions<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Whether the first list must show every write that ended before it. Later lists always do. */
  readonly consistent: boolean;
}

/** Where a reflector puts what it sees. Must not throw. */
export interface ReflectorSink<T extends KubeObject> {
  /** Called with each page of a list as it comes; what it returns is handed to `replace`. */
  prepare(object: T): T;
  /** The whole truth, of a list. */
  replace(objects: readonly T[]): void;
  /** One change, of a watch. */
  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void;
}

export interface ReflectorDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly random: () => number;
}

/** As client-go: watches end after 5 to 10 minutes, spread so that clients do not come back together. */
const WATCH_SECONDS = 300;
/** A watch that outlives what it asked for by this much hangs on a dead connection. */
const WATCH_SLACK_MS = 30_000;
/** kube-apiserver sends a bookmark every minute, a quarter more at most: two of them did not come. */
const SILENCE_MS = 150_000;
/** client-go's reflector waits 800 ms at first and 30 s at most. */
const BACKOFF = { baseMs: 800, maxMs: 30_000, jitter: 0.5 };
/** A watch that lasted this long ends the backoff: it stands for a server that is well. */
const HEALTHY_MS = 10_000;

/** Mirrors a collection into a sink: lists, watches from there, and starts over when it must. */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #deps: ReflectorDeps;
  readonly #sink: ReflectorSink<T>;
  readonly #count: (what: 'list' | 'watch' | 'failure') => void;
  /** Where the next watch starts; undefined asks for a list. */
  #resourceVersion: string | undefined;
  /** A second list must never be older than the first, so it may not come from a cache of the API server. */
  #listedOnce = false;

  constructor(options: ReflectorOptions<T>, sink: ReflectorSink<T>, deps: ReflectorDeps) {
    this.#options = options;
    this.#sink = sink;
    this.#deps = deps;
    const counter = deps.metrics.counter({
      name: 'headstart_reflector_total',
      help: 'Lists and watches begun, and those that failed, by resource.',
      labelNames: ['resource', 'what'],
    });
    this.#count = what => counter.inc({ resource: options.resource.plural, what });
  }

  /** Runs until `signal` aborts. Failures are logged and tried again with backoff; two tries are never closer than that. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#deps;
    let attempt = 0;
    let wasAway = false;
    while (!signal.aborted) {
      const { lastedMs, error } = await this.#round(signal);
      if (signal.aborted) return;
      // A server that is back mostly answers that it has forgotten where we were; half a minute more would help nobody.
      if (lastedMs >= HEALTHY_MS || (wasAway && !isAway(error))) attempt = 0;
      wasAway = isAway(error);
      // A server that ends healthy watches is not in trouble: the watch limit has simply passed.
      if (error === undefined && attempt === 0 && lastedMs >= HEALTHY_MS) continue;
      const waitMs = Math.max(backoffMs(attempt++, BACKOFF, random), retryAfterMs(error));
      this.#report(error, waitMs);
      await clock.sleep(waitMs, signal).catch(() => {
        // Only the signal ends the sleep early, and the loop looks at it.
      });
    }
  }

  /** One list, if one is needed, and one watch. */
  async #round(signal: AbortSignal): Promise<{ lastedMs: number; error?: unknown }> {
    const { clock } = this.#deps;
    let watchingSince: number | undefined;
    const lastedMs = (): number =>
      watchingSince === undefined ? 0 : clock.monotonicMs() - watchingSince;
    try {
      const from = this.#resourceVersion ?? (await this.#list(signal));
      watchingSince = clock.monotonicMs();
      await this.#watch(from, signal);
      return { lastedMs: lastedMs() };
    } catch (error) {
      if (!keepsPlace(error)) this.#resourceVersion = undefined;
      return { lastedMs: lastedMs(), error };
    }
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { resource, consistent, ...selection } = this.#options;
    this.#count('list');
    const fromCache = !this.#listedOnce && !consistent ? { resourceVersion: '0' } : {};
    const objects: T[] = [];
    let resourceVersion = '';
    const pages = this.#deps.client.pages(resource, { ...selection, ...fromCache, signal });
    for await (const page of pages) {
      for (const object of page.items) objects.push(this.#sink.prepare(object));
      resourceVersion = page.resourceVersion;
    }
    this.#listedOnce = true;
    this.#resourceVersion = resourceVersion;
    this.#sink.replace(objects);
    return resourceVersion;
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { client, clock, random } = this.#deps;
    const { resource, consistent: _consistent, ...selection } = this.#options;
    this.#count('watch');
    const timeoutSeconds = WATCH_SECONDS + Math.floor(WATCH_SECONDS * random());
    using linked = linkedAbort(signal);
    // Nothing is promised: a collection that never changed since the server started has none. But one is followed by others.
    let hasBookmarks = false;
    using silence = new Silence(
      {
        lastsMs: timeoutSeconds * 1000 + WATCH_SLACK_MS,
        silenceMs: SILENCE_MS,
        expectsSound: () => hasBookmarks,
      },
      { clock },
      () => linked.abort(stalled(resource.plural)),
    );
    const range = { resourceVersion, timeoutSeconds, signal: linked.signal };
    for await (const event of client.watch(resource, { ...selection, ...range })) {
      silence.heard();
      hasBookmarks ||= event.type === 'BOOKMARK';
      this.#see(event);
    }
  }

  #see(event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK') {
      if (event.resourceVersion !== '') this.#resourceVersion = event.resourceVersion;
      return;
    }
    // Read first: `prepare` may drop it.
    const { resourceVersion } = event.object.metadata;
    this.#sink.apply(event.type, this.#sink.prepare(event.object));
    if (resourceVersion !== undefined) this.#resourceVersion = resourceVersion;
  }

  #report(error: unknown, waitMs: number): void {
    const fields = { resource: this.#options.resource.plural, retryInMs: Math.round(waitMs) };
    if (error === undefined) {
      this.#deps.log.debug('Watch ended early', fields);
    } else if (isGone(error)) {
      this.#deps.log.info('Watch fell too far behind and lists again', fields);
    } else {
      this.#count('failure');
      this.#deps.log.warn('List or watch failed', { ...fields, err: error });
    }
  }
}

/**
 * True for failures after which a watch may go on where it was: no answer, or come back later. Everything else is mended by a list:
 * a version that is too old (410) or, after a restore from backup, too new (504); an event that cannot be read.
 */
const keepsPlace = (error: unknown): boolean =>
  error instanceof KubeError && [0, 429, 503].includes(error.status);

/** True when no answer came. */
const isAway = (error: unknown): boolean => error instanceof KubeError && error.status === 0;

const retryAfterMs = (error: unknown): number =>
  error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;

const stalled = (plural: string): KubeError =>
  new KubeError(`watch ${plural}: the connection is dead`, { status: 0, retryable: true });
