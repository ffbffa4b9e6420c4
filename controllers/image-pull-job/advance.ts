import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { keyOf, type ObjectKey } from '../../api/meta.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { isInvalid, KubeError } from '../../kube/kube-error.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import { type Clock, timestamp } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/log.ts';
import type { ChangeOutcome, NodeImageWriter, SpecChange } from '../node-image-writer/writer.ts';
import type { Asker, RegistryBudget } from '../registry-budget/registry-budget.ts';
import { assignTag } from './assign-tag.ts';
import { entryState } from './entry-state.ts';
import { deadlineMsOf } from './job-report.ts';
import type { JobView } from './job-view.ts';
import { refreshTag, releaseTag } from './keep-tag.ts';
import { planAssignments } from './plan.ts';
import { SILENCE_MS } from './target-state.ts';

/** Writes of one job under way. Keeps the writer busy twice over, and other jobs from waiting long behind a large one. */
const WRITES_AT_ONCE = 64;

/** Waits before a node that could not be written is tried again; the others go on. */
const BACKOFF = { baseMs: 1_000, maxMs: 60_000, jitter: 0.5 };

export interface JobAdvanceDeps {
  readonly writer: NodeImageWriter;
  readonly budget: RegistryBudget;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  /** Asks for another look at the job: a write of it ended. */
  readonly wake: (key: ObjectKey) => void;
}

interface Write {
  readonly name: string;
  readonly change: SpecChange;
  readonly done?: (outcome: ChangeOutcome) => void;
  /** What the NodeImage looks like, after the answer to the write was lost. */
  readonly told?: (nodeImage: NodeImage) => void;
}

/**
 * Moves the nodes of a job: takes entries away, then assigns as many waiting nodes as there are free slots. It does not wait for its
 * writes: a slot that gets free is given away while others are still being written.
 */
export class JobAdvance {
  readonly #deps: JobAdvanceDeps;
  readonly #running = new Set<Promise<void>>();

  constructor(deps: JobAdvanceDeps) {
    this.#deps = deps;
  }

  /** One step. A node that is being written holds its slot in the view. */
  step(job: ImagePullJob, view: JobView, signal: AbortSignal): void {
    const nowMs = (): number => this.#deps.clock.now();
    view.refresh(nowMs());
    const start = (write: Write): void => this.#start({ job, view, signal }, write);
    for (const write of this.#releases(view, nowMs())) start(write);
    for (const write of this.#refreshes(view, nowMs())) start(write);
    for (const write of this.#assignments(job, view, nowMs())) {
      start(write);
      view.progress.record(write.name, { kind: 'active' });
    }
  }

  /** Resolves when no write is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #releases(view: JobView, nowMs: number): readonly Write[] {
    const { request } = view;
    const leaving = [...view.progress.of('leaving')];
    return this.#writable(view, leaving, nowMs).map(([name, { release, failure }]) => {
      const told = (nodeImage: NodeImage): void => {
        const left = entryState(nodeImage, request, request.uid);
        if (failure === undefined || left.kind !== 'none') return;
        view.remember(name, failure, this.#deps.clock.now());
      };
      return {
        name,
        change: nodeImage => releaseTag(nodeImage, request, release),
        done: outcome => {
          if (outcome.kind === 'done') told(outcome.nodeImage);
        },
        told,
      };
    });
  }

  #refreshes(view: JobView, nowMs: number): readonly Write[] {
    const outdated = [...view.outdated].map(name => [name] as const);
    return this.#writable(view, outdated, nowMs).map(([name]) => ({
      name,
      change: nodeImage => refreshTag(nodeImage, view.request),
      done: () => view.outdated.delete(name),
    }));
  }

  #assignments(job: ImagePullJob, view: JobView, nowMs: number): readonly Write[] {
    // What began now would be cut off at once.
    if (deadlineMsOf(job, this.#deps.clock) <= nowMs) return [];
    const planned = planAssignments({
      parallelism: job.spec.parallelism,
      mostTargets: view.mostTargets,
      slots: view.progress.counts.slots,
      waiting: view.waiting(nowMs),
      atMost: WRITES_AT_ONCE - view.writing.size,
    });
    const { request } = view;
    const names = this.#deps.budget.admit(askerOf(job, view), planned);
    return names.map(name => {
      const state = view.progress.get(name);
      const again = state?.kind === 'waiting' && state.again;
      return {
        name,
        change: nodeImage => {
          const { clock } = this.#deps;
          const moment = { nowMs: clock.now(), now: timestamp(clock) };
          return assignTag(nodeImage, request, { ...moment, again });
        },
      };
    });
  }

  /** Those of `nodes` that may be written now, and for which there is room. */
  #writable<T extends readonly [string, ...unknown[]]>(
    view: JobView,
    nodes: readonly T[],
    nowMs: number,
  ): readonly T[] {
    return nodes
      .filter(([name]) => !view.writing.has(name) && !view.memory.isPostponed(name, nowMs))
      .slice(0, WRITES_AT_ONCE - view.writing.size);
  }

  #start(
    of: { readonly job: ImagePullJob; readonly view: JobView; readonly signal: AbortSignal },
    write: Write,
  ): void {
    of.view.writing.add(write.name);
    const running = this.#write(of.view, write, of.signal).finally(() => {
      this.#running.delete(running);
      this.#deps.budget.settled(of.view.uid, write.name);
      of.view.written(write.name);
      this.#deps.wake(keyOf(of.job));
    });
    this.#running.add(running);
  }

  /** Never rejects: what became of the node is noted in the view. */
  async #write(
    view: JobView,
    { name, change, done, told }: Write,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const outcome = await this.#deps.writer.change(name, change, signal);
      // The cache may show a NodeImage that has gone for as long as its watch is away.
      if (outcome.kind === 'gone') this.#postpone(view, name);
      else view.memory.succeeded(name);
      done?.(outcome);
    } catch (error) {
      if (signal.aborted) return;
      this.#fail(view, name, error);
      if (!mayHaveBeenMade(error)) return;
      const nodeImage = await this.#untilTold(name, signal);
      if (nodeImage !== undefined) told?.(nodeImage);
    }
  }

  /** A write whose answer was lost may have been made: its node stays taken until the API server has told. */
  async #untilTold(name: string, signal: AbortSignal): Promise<NodeImage | undefined> {
    const { clock, random, writer } = this.#deps;
    for (let tries = 0; ; tries++) {
      try {
        return await writer.read(name, signal);
      } catch {
        // The write before it was logged; the job goes on with its other nodes.
        if (signal.aborted) return undefined;
      }
      await clock.sleep(backoffMs(tries, BACKOFF, random), signal).catch(() => {});
    }
  }

  #postpone(view: JobView, node: string): void {
    const { clock, random } = this.#deps;
    view.memory.postpone(node, clock.now(), tries => backoffMs(tries, BACKOFF, random));
  }

  #fail(view: JobView, node: string, err: unknown): void {
    const nowMs = this.#deps.clock.now();
    const lastsMs = view.memory.postponedForMs(node, nowMs);
    // Also when it failed for good: an entry of it may have to go.
    this.#postpone(view, node);
    if (isInvalid(err) || (isRefused(err) && lastsMs >= SILENCE_MS)) {
      const message = `node ${node} was refused: ${describeError(err)}`;
      view.remember(node, { reason: 'NodeImageRefused', message }, nowMs);
      return;
    }
    const { namespace, name } = view.request.owner;
    this.#deps.log.warn('Failed to write a NodeImage', { node, job: `${namespace}/${name}`, err });
  }
}

function askerOf(job: ImagePullJob, view: JobView): Asker {
  return {
    key: keyOf(job),
    uid: view.uid,
    sinceMs: Date.parse(job.metadata.creationTimestamp ?? '') || 0,
    image: view.request,
    held: view.progress.counts.slots,
  };
}

/** Only an answer of the API server that refuses is certain. */
function mayHaveBeenMade(error: unknown): boolean {
  return !(error instanceof KubeError) || error.status === 0 || error.status >= 500;
}

/** Those that tell of the moment: not found, too late, newer, too many. */
const PASSING: ReadonlySet<number> = new Set([404, 408, 409, 429]);

/** The API server, or somebody it asks, does not want the write. That may pass: a policy is mended, roles are read late. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof KubeError) || PASSING.has(error.status)) return false;
  return error.status >= 400 && error.status < 500;
}
