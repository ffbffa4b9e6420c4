import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { isInvalid, KubeError } from '../../kube/kube-error.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import { timestamp } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/log.ts';
import type { ChangeOutcome, NodeImageWriter, SpecChange } from '../node-image-writer/writer.ts';
import { assignTag } from './assign-tag.ts';
import { entryState } from './entry-state.ts';
import type { JobView } from './job-view.ts';
import type { OpenJob } from './job-views.ts';
import { refreshTag, releaseTag } from './keep-tag.ts';
import { planAssignments } from './plan.ts';

/** Nodes written in one go. At a few hundred writes a second a job is looked at again about once a second. */
const NODES_AT_ONCE = 256;

/** Waits before a node that could not be written is tried again; the others go on. */
const BACKOFF = { baseMs: 1_000, maxMs: 60_000, jitter: 0.5 };

type Outcome =
  | { readonly name: string; readonly outcome: ChangeOutcome }
  | { readonly name: string; readonly error: unknown };

export interface JobAdvanceDeps {
  readonly writer: NodeImageWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
}

/** Moves the nodes of a job: takes entries away, then assigns as many waiting nodes as there are free slots. */
export class JobAdvance {
  readonly #deps: JobAdvanceDeps;

  constructor(deps: JobAdvanceDeps) {
    this.#deps = deps;
  }

  /** One step. Afterwards the view shows what was written. True when there may be more to write at once. */
  async step(job: ImagePullJob, open: OpenJob, signal: AbortSignal): Promise<boolean> {
    const { view } = open;
    const now = () => this.#deps.clock.now();
    await this.#settleDoubts(view, signal);
    view.refresh(now());
    const released = await this.#release(view, signal);
    await this.#spreadEdit(open, signal);
    view.refresh(now());
    const assigned = await this.#assign(job, view, signal);
    view.refresh(now());
    return Math.max(released.length, assigned.length) >= NODES_AT_ONCE;
  }

  /** A write whose answer was lost may have been made: nothing is assigned before the API server has told. */
  async #settleDoubts(view: JobView, signal: AbortSignal): Promise<void> {
    for (const name of view.doubts) {
      await this.#deps.writer.read(name, signal);
      view.doubts.delete(name);
      view.mark(name);
    }
  }

  async #release(view: JobView, signal: AbortSignal): Promise<readonly Outcome[]> {
    const now = this.#deps.clock.now();
    const leaving = [...view.progress.of('leaving')]
      .filter(([name]) => !view.memory.isPostponed(name, now))
      .slice(0, NODES_AT_ONCE);
    const states = new Map(leaving);
    const { request } = view;
    const outcomes = await this.#changeAll(view, [...states.keys()], signal, name => nodeImage => {
      return releaseTag(nodeImage, request, states.get(name)?.release ?? 'pending');
    });
    for (const result of outcomes) {
      const failure = states.get(result.name)?.failure;
      if (failure === undefined || 'error' in result || result.outcome.kind !== 'done') continue;
      const left = entryState(result.outcome.nodeImage, request, request.uid);
      if (left.kind === 'none') view.remember(result.name, failure, this.#deps.clock.now());
    }
    return outcomes;
  }

  async #spreadEdit(open: OpenJob, signal: AbortSignal): Promise<readonly Outcome[]> {
    if (!open.edited) return [];
    const { view } = open;
    const names = [...view.progress.of('active').keys()];
    const outcomes = await this.#changeAll(view, names, signal, () => nodeImage => {
      return refreshTag(nodeImage, view.request);
    });
    open.edited = outcomes.some(outcome => 'error' in outcome);
    return outcomes;
  }

  #assign(job: ImagePullJob, view: JobView, signal: AbortSignal): Promise<readonly Outcome[]> {
    const names = planAssignments({
      parallelism: job.spec.parallelism,
      mostTargets: view.mostTargets,
      slots: view.progress.counts.slots,
      waiting: view.waiting(this.#deps.clock.now()),
      atMost: NODES_AT_ONCE,
    });
    const { request } = view;
    return this.#changeAll(view, names, signal, name => {
      const state = view.progress.get(name);
      const again = state?.kind === 'waiting' && state.again;
      return nodeImage => {
        const nowMs = this.#deps.clock.now();
        return assignTag(nodeImage, request, { nowMs, now: timestamp(this.#deps.clock), again });
      };
    });
  }

  async #changeAll(
    view: JobView,
    names: readonly string[],
    signal: AbortSignal,
    changeOf: (name: string) => SpecChange,
  ): Promise<readonly Outcome[]> {
    const outcomes = await Promise.all(
      names.map(async (name): Promise<Outcome> => {
        try {
          return { name, outcome: await this.#deps.writer.change(name, changeOf(name), signal) };
        } catch (error) {
          return { name, error };
        }
      }),
    );
    signal.throwIfAborted();
    const failed = outcomes.filter(result => !this.#note(view, result));
    if (failed.length > 0) this.#log(view, failed);
    return outcomes;
  }

  /** Lets the view know what became of a node. False when nobody knows of the failure yet. */
  #note(view: JobView, result: Outcome): boolean {
    const { name } = result;
    view.mark(name);
    if (!('error' in result)) {
      view.memory.written(name);
      return true;
    }
    const nowMs = this.#deps.clock.now();
    if (isInvalid(result.error)) {
      const message = `node ${name} was refused: ${describeError(result.error)}`;
      view.remember(name, { reason: 'NodeImageRefused', message }, nowMs);
      return true;
    }
    if (mayHaveBeenMade(result.error)) view.doubts.add(name);
    view.memory.postpone(name, tries => nowMs + backoffMs(tries, BACKOFF, this.#deps.random));
    return false;
  }

  /** One line for all nodes of a step: when the API server is away, it is away for all. */
  #log(view: JobView, failed: readonly Outcome[]): void {
    const [first] = failed;
    if (first === undefined || !('error' in first)) return;
    const { namespace, name } = view.request.owner;
    this.#deps.log.warn('Failed to write NodeImages', {
      job: `${namespace}/${name}`,
      nodes: failed.length,
      node: first.name,
      err: first.error,
    });
  }
}

/** Only an answer of the API server that refuses is certain. */
function mayHaveBeenMade(error: unknown): boolean {
  return !(error instanceof KubeError) || error.status === 0 || error.status >= 500;
}
