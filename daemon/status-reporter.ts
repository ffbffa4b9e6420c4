import type { NodeImage, NodeImageStatus } from '../api/node-image.ts';
import { NODE_IMAGES } from '../api/resources.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { isConflict, isNotFound } from '../kube/kube-error.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { Counter, Metrics } from '../runtime/metrics.ts';
import { type StatusPatch, statusPatch } from './status-patch.ts';
import { TokenBucket } from './token-bucket.ts';

export interface StatusReporterDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly random: () => number;
  /** The status that `nodeImage` should have now. */
  readonly statusOf: (nodeImage: NodeImage) => NodeImageStatus;
}

/** The peer's limit per node: a large cluster has one of us on each of thousands. */
const LIMIT = { burst: 5, perSecond: 0.5 };
const RETRY = { baseMs: 1_000, maxMs: 30_000, jitter: 0.5 };
const DEADLINE_MS = 10_000;
/** Conflicts in a row before we wait as after any other failure. */
const MAX_CONFLICTS = 5;

/**
 * Writes the status of one NodeImage. Changes that come close together are one write; what changes nothing is none. A write is a merge patch
 * of our own fields, guarded by the resourceVersion it was worked out from.
 */
export class StatusReporter {
  readonly #deps: StatusReporterDeps;
  readonly #bucket: TokenBucket;
  readonly #writes: Counter;
  /** The newest NodeImage we know. */
  #nodeImage: NodeImage | undefined;
  /** Monotonic time at which a write is due. */
  #dueAtMs = Number.POSITIVE_INFINITY;
  #cancelTimer = (): void => {};
  #writing: Promise<void> | undefined;
  #failures = 0;
  #closed = false;

  constructor(deps: StatusReporterDeps) {
    this.#deps = deps;
    this.#bucket = new TokenBucket(LIMIT, deps.clock);
    this.#writes = deps.metrics.counter({
      name: 'headstart_status_writes_total',
      help: 'Writes of the NodeImage status, by result.',
      labelNames: ['result'],
    });
  }

  /** Takes note of a newer NodeImage, and of undefined when there is none; what should be different in it is written within `ms`. */
  observe(nodeImage: NodeImage | undefined, ms: number): void {
    this.#nodeImage = nodeImage;
    if (nodeImage !== undefined && this.#patchOf(nodeImage) !== undefined) this.changed(ms);
  }

  /** Says that the status changed and should be written within `ms`. */
  changed(ms: number): void {
    if (this.#closed) return;
    this.#dueAtMs = Math.min(this.#dueAtMs, this.#deps.clock.monotonicMs() + ms);
    this.#schedule();
  }

  /** Writes what is to be written now, whatever the limits say; afterwards nothing is written. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    if (this.#dueAtMs !== Number.POSITIVE_INFINITY) await this.#write();
    this.#cancelTimer();
  }

  #schedule(): void {
    this.#cancelTimer();
    if (this.#writing !== undefined || this.#dueAtMs === Number.POSITIVE_INFINITY) return;
    const { clock } = this.#deps;
    const waitMs = Math.max(0, this.#dueAtMs - clock.monotonicMs(), this.#bucket.waitMs());
    this.#cancelTimer = clock.after(waitMs, () => {
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined;
        this.#schedule();
      });
    });
  }

  async #write(): Promise<void> {
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    try {
      await this.#patch();
      this.#failures = 0;
    } catch (err) {
      this.#writes.inc({ result: 'failed' });
      const retryInMs = backoffMs(this.#failures++, RETRY, this.#deps.random);
      this.#dueAtMs = this.#deps.clock.monotonicMs() + retryInMs;
      this.#deps.log.warn('Status was not written', { retryInMs: Math.round(retryInMs), err });
    }
  }

  async #patch(): Promise<void> {
    for (let conflicts = 0; ; conflicts++) {
      const nodeImage = this.#nodeImage;
      if (nodeImage === undefined) return;
      const patch = this.#patchOf(nodeImage);
      if (patch === undefined) return;
      if (conflicts === 0) this.#bucket.take();
      try {
        return await this.#send(nodeImage, patch);
      } catch (error) {
        // A NodeImage that is gone needs no status; the watch will tell.
        if (isNotFound(error)) return;
        if (!isConflict(error) || conflicts === MAX_CONFLICTS) throw error;
        this.#writes.inc({ result: 'conflict' });
        await this.#readAgain(nodeImage);
      }
    }
  }

  #patchOf(nodeImage: NodeImage): StatusPatch | undefined {
    return statusPatch(nodeImage.status, this.#deps.statusOf(nodeImage));
  }

  async #send(nodeImage: NodeImage, patch: StatusPatch): Promise<void> {
    const { name, resourceVersion } = nodeImage.metadata;
    const body = { metadata: { resourceVersion }, status: patch };
    const written = await this.#deps.client.patch(
      NODE_IMAGES,
      { name },
      { type: 'merge', body },
      { subresource: 'status', deadlineMs: DEADLINE_MS },
    );
    this.#writes.inc({ result: 'written' });
    // Unless the watch was faster: then this may be older than what we have.
    if (this.#nodeImage === nodeImage) this.#nodeImage = written;
  }

  /** Only the same object again: a status of one that was deleted must not end up in its successor. */
  async #readAgain({ metadata: { name, uid } }: NodeImage): Promise<void> {
    const current = await this.#deps.client.get(NODE_IMAGES, { name }, { deadlineMs: DEADLINE_MS });
    if (this.#nodeImage?.metadata.uid !== uid) return;
    this.#nodeImage = current?.metadata.uid === uid ? current : undefined;
  }
}
