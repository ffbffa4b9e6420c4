import type { ImageTagStatus, NodeImage } from '../api/node-image.ts';
import type { PullFailureReason } from '../api/pull-failure.ts';
import { timestamp } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { DownloadedBytes } from './containerd/download-progress.ts';
import type { EndedPull } from './pull-events.ts';
import { type PullOutcome, type PullTaskDeps, type PullTrouble, runPull } from './pull-task.ts';
import type { KnownStatus } from './status.ts';
import {
  advancedStatus,
  finalStatus,
  startedStatus,
  troubledStatus,
  waitingStatus,
} from './tag-status.ts';
import { type PullKey, planPulls, pullKey, type WantedPull } from './wanted-pulls.ts';

/** Told about every pull; never about one that was stopped. */
export interface SchedulerListener {
  /** A pull started or met trouble. */
  onProgress(): void;
  /** An attempt failed, and another will follow. */
  onRetry(reason: PullFailureReason): void;
  onEnd(ended: EndedPull): void;
}

interface RunningPull {
  readonly pull: WantedPull;
  readonly abort: AbortController;
  status: ImageTagStatus;
  /** Monotonic; undefined before the first attempt. */
  startedAtMs?: number;
  hasEnded: boolean;
}

/**
 * Runs the pulls a NodeImage wants. A pull that has ended stays here until its result is seen in the NodeImage, so one version is
 * never pulled twice.
 */
export class PullScheduler {
  readonly #deps: PullTaskDeps & { readonly log: Logger };
  readonly #listener: SchedulerListener;
  readonly #pulls = new Map<PullKey, RunningPull>();
  /** Work under way, also that of pulls that were stopped. */
  readonly #tasks = new Set<Promise<void>>();
  #closed = false;

  constructor(deps: PullTaskDeps & { readonly log: Logger }, listener: SchedulerListener) {
    this.#deps = deps;
    this.#listener = listener;
  }

  /** Pulls that have not ended. */
  get running(): number {
    return [...this.#pulls.values()].filter(({ hasEnded }) => !hasEnded).length;
  }

  /** Starts and stops pulls so that exactly those run that `nodeImage` wants; undefined wants none. */
  apply(nodeImage: NodeImage | undefined): void {
    if (this.#closed) return;
    if (nodeImage === undefined) return this.#stopAll();
    const versions = [...this.#pulls].map(([key, { pull }]) => [key, pull.version] as const);
    const { start, stop } = planPulls(nodeImage, new Map(versions));
    for (const key of stop) this.#stop(key);
    for (const pull of start) this.#start(pull);
  }

  /** What this daemon knows about a version of a tag; undefined when it does nothing about it. */
  readonly statusOf: KnownStatus = (name, tag, version) => {
    const running = this.#pulls.get(pullKey(name, tag));
    return running?.pull.version === version ? running.status : undefined;
  };

  /** Stops all pulls, waits until none runs, and starts no more. What is known about them can still be asked. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { abort } of this.#pulls.values()) abort.abort();
    await Promise.all(this.#tasks);
  }

  #stopAll(): void {
    for (const key of this.#pulls.keys()) this.#stop(key);
  }

  #stop(key: PullKey): void {
    this.#pulls.get(key)?.abort.abort();
    this.#pulls.delete(key);
  }

  #start(pull: WantedPull): void {
    const running: RunningPull = {
      pull,
      abort: new AbortController(),
      status: waitingStatus(pull),
      hasEnded: false,
    };
    this.#pulls.set(pull.key, running);
    const task = this.#run(running).finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }

  async #run(running: RunningPull): Promise<void> {
    const listener = {
      onStart: () => this.#started(running),
      onBytes: (bytes: DownloadedBytes) => this.#advanced(running, bytes),
      onTrouble: (trouble: PullTrouble) => this.#troubled(running, trouble),
      onRetry: (reason: PullFailureReason) => this.#listener.onRetry(reason),
    };
    const { signal } = running.abort;
    try {
      const outcome = await runPull(running.pull, { ...this.#deps, ...listener }, signal);
      this.#end(running, outcome);
    } catch (err) {
      this.#deps.log.error('Pull failed by a bug', { pull: running.pull.key, err });
      this.#end(running, { kind: 'failed', reason: 'PullFailed', message: 'internal error' });
    }
  }

  #started(running: RunningPull): void {
    running.startedAtMs = this.#deps.clock.monotonicMs();
    running.status = startedStatus(running.pull, timestamp(this.#deps.clock));
    this.#listener.onProgress();
  }

  #advanced(running: RunningPull, bytes: DownloadedBytes): void {
    running.status = advancedStatus(running.status, bytes);
    this.#listener.onProgress();
  }

  #troubled(running: RunningPull, trouble: PullTrouble): void {
    running.status = troubledStatus(running.status, trouble);
    this.#listener.onProgress();
  }

  #end(running: RunningPull, outcome: PullOutcome): void {
    if (outcome.kind === 'stopped' || running.abort.signal.aborted) return;
    const { clock } = this.#deps;
    running.hasEnded = true;
    running.status = finalStatus(running.status, outcome, timestamp(clock));
    const { startedAtMs = clock.monotonicMs() } = running;
    const elapsedMs = clock.monotonicMs() - startedAtMs;
    const { bytesTotal } = running.status;
    const size = bytesTotal === undefined ? {} : { sizeBytes: bytesTotal };
    this.#listener.onEnd({ pull: running.pull, outcome, elapsedMs, ...size });
  }
}
