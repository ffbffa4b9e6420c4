import type { KubeObject } from '../api/meta.ts';
import { EVENTS } from '../api/resources.ts';
import { type Clock, timestamp } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { Counter, Metrics } from '../runtime/metrics.ts';
import type { EventOptions, EventRecorder } from './event-recorder.ts';
import type { CallOptions, KubeClient } from './kube-client.ts';
import { isAlreadyExists, isNotFound } from './kube-error.ts';
import {
  type EventSource,
  eventObject,
  nameOf,
  namespaceOf,
  type PendingEvent,
  pendingEvent,
} from './pending-event.ts';

export interface EventRecorderOptions {
  /** Who says it: `headstart-manager`. */
  readonly component: string;
  /** Pod or node. */
  readonly host?: string;
}

export interface EventRecorderDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Events that wait to be written; more are dropped. */
const MAX_PENDING = 1000;
/** Written events we remember in order to count further ones on them. */
const MAX_WRITTEN = 4096;
/** A repeated event is written at most this often; what happens meanwhile is counted. */
const REPEAT_MS = 10_000;
/** An event is worth a few seconds of the API server's time, not more. */
const DEADLINE_MS = 5_000;

/** Makes a recorder. It writes one event at a time, in the background. */
export function createEventRecorder(
  options: EventRecorderOptions,
  deps: EventRecorderDeps,
): EventRecorder {
  return new QueuedEventRecorder(options, deps);
}

interface WrittenEvent {
  readonly name: string;
  readonly count: number;
  /** Monotonic. */
  readonly at: number;
}

class QueuedEventRecorder implements EventRecorder {
  readonly #source: EventSource;
  readonly #deps: EventRecorderDeps;
  readonly #dropped: Counter;
  readonly #pending = new Map<string, PendingEvent>();
  /** Least recently written first. */
  readonly #written = new Map<string, WrittenEvent>();
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #cancelTimer = (): void => {};

  constructor(options: EventRecorderOptions, deps: EventRecorderDeps) {
    const { component, host } = options;
    this.#source = { component, ...(host === undefined ? {} : { host }) };
    this.#deps = deps;
    this.#dropped = deps.metrics.counter({
      name: 'headstart_events_dropped_total',
      help: 'Kubernetes Events that were not written.',
      labelNames: ['why'],
    });
  }

  event(about: KubeObject, options: EventOptions): void {
    const next = pendingEvent(about, options, timestamp(this.#deps.clock));
    const queued = this.#pending.get(next.key);
    if (queued !== undefined) {
      queued.count++;
      queued.lastTimestamp = next.lastTimestamp;
    } else if (this.#pending.size >= MAX_PENDING) {
      this.#dropped.inc({ why: 'flood' });
    } else if (options.once === undefined || !this.#written.has(next.key)) {
      this.#pending.set(next.key, next);
      this.#writeDue();
    }
  }

  async flush(signal?: AbortSignal): Promise<void> {
    await this.#writing;
    await this.#writePending(() => true, signal);
    this.#wakeForNext();
  }

  /** Writes in the background what may be written now, unless that is going on. */
  #writeDue(): void {
    if (this.#isWriting) return;
    this.#isWriting = true;
    const isDue = (event: PendingEvent): boolean => this.#dueInMs(event) <= 0;
    this.#writing = this.#writePending(isDue).then(() => {
      this.#isWriting = false;
      this.#wakeForNext();
    });
  }

  async #writePending(
    isDue: (event: PendingEvent) => boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    // The loop also meets events that are added while it waits.
    for (const event of this.#pending.values()) {
      if (!isDue(event)) continue;
      this.#pending.delete(event.key);
      await this.#write(event, signal);
    }
  }

  #wakeForNext(): void {
    this.#cancelTimer();
    const waits = [...this.#pending.values()].map(event => this.#dueInMs(event));
    if (waits.length === 0) return;
    this.#cancelTimer = this.#deps.clock.after(Math.min(...waits), () => this.#writeDue());
  }

  #dueInMs({ key }: PendingEvent): number {
    const written = this.#written.get(key);
    return written === undefined ? 0 : written.at + REPEAT_MS - this.#deps.clock.monotonicMs();
  }

  async #write(event: PendingEvent, signal: AbortSignal | undefined): Promise<void> {
    const call = { deadlineMs: DEADLINE_MS, ...(signal === undefined ? {} : { signal }) };
    try {
      const before = this.#written.get(event.key);
      if (before === undefined || !(await this.#countUp(event, before, call))) {
        await this.#create(event, call);
      }
    } catch (err) {
      this.#dropped.inc({ why: 'failed' });
      const { reason, message } = event.options;
      this.#deps.log.info('Event was not written', { about: event.about, reason, message, err });
    }
  }

  async #create(event: PendingEvent, call: CallOptions): Promise<void> {
    const name = nameOf(event, this.#source);
    try {
      await this.#deps.client.create(EVENTS, eventObject(event, name, this.#source), call);
    } catch (error) {
      // Another replica, or we before a restart, said it: that is what `once` asks for.
      if (!isAlreadyExists(error)) throw error;
    }
    this.#remember(event.key, name, event.count);
  }

  /** False when the event is not there any more: they live an hour. */
  async #countUp(event: PendingEvent, before: WrittenEvent, call: CallOptions): Promise<boolean> {
    const count = before.count + event.count;
    const body = { count, lastTimestamp: event.lastTimestamp };
    const name = { name: before.name, namespace: namespaceOf(event) };
    try {
      await this.#deps.client.patch(EVENTS, name, { type: 'merge', body }, call);
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
    this.#remember(event.key, before.name, count);
    return true;
  }

  #remember(key: string, name: string, count: number): void {
    this.#written.delete(key);
    this.#written.set(key, { name, count, at: this.#deps.clock.monotonicMs() });
    if (this.#written.size <= MAX_WRITTEN) return;
    for (const oldest of this.#written.keys()) {
      this.#written.delete(oldest);
      break;
    }
  }
}
