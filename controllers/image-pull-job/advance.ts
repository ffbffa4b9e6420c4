import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { isInvalid, KubeError } from '../../kube/kube-error.ts';
import type { Clock } from '../../runtime/clock.ts';
import { timestamp } from '../../runtime/clock.ts';
import { describeError, HeadstartError } from '../../runtime/errors.ts';
import type { ChangeOutcome, NodeImageWriter, SpecChange } from '../node-image-writer/writer.ts';
import { assignTag } from './assign-tag.ts';
import { entryState } from './entry-state.ts';
import type { JobView } from './job-view.ts';
import type { OpenJob } from './job-views.ts';
import { refreshTag, releaseTag } from './keep-tag.ts';
import { planAssignments } from './plan.ts';

/** Nodes written in one go. At a few hundred writes a second a job is looked at again about once a second. */
const NODES_AT_ONCE = 256;

/** What one step did. */
export interface Step {
  /** There may be more to write at once. */
  readonly more: boolean;
  /** A failure that a retry may mend. Other nodes went on. */
  readonly error?: Error;
}

type Outcome =
  | { readonly name: string; readonly outcome: ChangeOutcome }
  | { readonly name: string; readonly error: Error };

/** Moves the nodes of a job: takes entries away, then assigns as many waiting nodes as there are free slots. */
export class JobAdvance {
  readonly #writer: NodeImageWriter;
  readonly #clock: Clock;

  constructor(deps: { readonly writer: NodeImageWriter; readonly clock: Clock }) {
    this.#writer = deps.writer;
    this.#clock = deps.clock;
  }

  /** One step. Afterwards the view shows what was written. */
  async step(job: ImagePullJob, open: OpenJob, signal: AbortSignal): Promise<Step> {
    const { view } = open;
    await this.#settleDoubts(view, signal);
    view.refresh(this.#clock.now());
    const released = await this.#release(view, signal);
    const edited = await this.#spreadEdit(open, signal);
    view.refresh(this.#clock.now());
    const assigned = await this.#assign(job, view, signal);
    view.refresh(this.#clock.now());
    const outcomes = [...released, ...edited, ...assigned];
    const failed = outcomes.find(outcome => 'error' in outcome);
    const more = Math.max(released.length, assigned.length) >= NODES_AT_ONCE;
    return { more, ...(failed === undefined ? {} : { error: failed.error }) };
  }

  /** A write whose answer was lost may have been made: nothing is assigned before the API server has told. */
  async #settleDoubts(view: JobView, signal: AbortSignal): Promise<void> {
    for (const name of view.doubts) {
      await this.#writer.read(name, signal);
      view.doubts.delete(name);
      view.mark(name);
    }
  }

  async #release(view: JobView, signal: AbortSignal): Promise<readonly Outcome[]> {
    const leaving = [...view.progress.of('leaving')].slice(0, NODES_AT_ONCE);
    const states = new Map(leaving);
    const { request } = view;
    const outcomes = await this.#changeAll(view, [...states.keys()], signal, name => nodeImage => {
      return releaseTag(nodeImage, request, states.get(name)?.release ?? 'pending');
    });
    for (const result of outcomes) {
      const failure = states.get(result.name)?.failure;
      if (failure === undefined || 'error' in result || result.outcome.kind !== 'done') continue;
      const left = entryState(result.outcome.nodeImage, request, request.uid);
      if (left.kind === 'none') view.remember(result.name, failure, this.#clock.now());
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
      waiting: view.waiting(),
      atMost: NODES_AT_ONCE,
    });
    const { request } = view;
    return this.#changeAll(view, names, signal, name => {
      const state = view.progress.get(name);
      const again = state?.kind === 'waiting' && state.again;
      return nodeImage => {
        const nowMs = this.#clock.now();
        return assignTag(nodeImage, request, { nowMs, now: timestamp(this.#clock), again });
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
          return { name, outcome: await this.#writer.change(name, changeOf(name), signal) };
        } catch (cause) {
          return { name, error: asError(cause) };
        }
      }),
    );
    signal.throwIfAborted();
    return outcomes.filter(result => this.#note(view, result));
  }

  /** Lets the view know what became of a node. False when the failure is that node's alone, and said. */
  #note(view: JobView, result: Outcome): boolean {
    view.mark(result.name);
    if (!('error' in result)) return true;
    const { name, error } = result;
    if (isInvalid(error)) {
      const message = `node ${name} was refused: ${describeError(error)}`;
      view.remember(name, { reason: 'NodeImageRefused', message }, this.#clock.now());
      return false;
    }
    if (mayHaveBeenMade(error)) view.doubts.add(name);
    return true;
  }
}

function asError(cause: unknown): Error {
  if (cause instanceof Error) return cause;
  return new HeadstartError('INTERNAL', 'a NodeImage could not be written', { cause });
}

/** Only an answer of the API server that refuses is certain. */
function mayHaveBeenMade(error: unknown): boolean {
  return !(error instanceof KubeError) || error.status === 0 || error.status >= 500;
}
