import { isSameVersion } from '../../api/meta.ts';
import type { NodeImage, NodeImageSpec } from '../../api/node-image.ts';
import { NODE_IMAGES } from '../../api/resources.ts';
import type { JsonPatchOperation, KubeClient } from '../../kube/kube-client.ts';
import { isConflict, isInvalid, isNotFound } from '../../kube/kube-error.ts';
import { turnedAwayMs } from '../../kube/turned-away.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { Semaphore } from '../../runtime/semaphore.ts';
import type { KnownNodeImages } from './known-node-images.ts';
import { specPatch } from './spec-patch.ts';

/** Beyond this the API server gains nothing (measured: it is bound by its CPU). */
const WRITES_AT_ONCE = 32;
/** Each conflict means that the daemon or a person wrote in between; more in a row is no accident. */
const MAX_ATTEMPTS = 6;

/** Why one change was not made; the others of the same node are. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/** A wanted change: the new spec (the same object when there is nothing to do), or why it can't be. Called again when the NodeImage moved on. */
export type SpecChange = (nodeImage: NodeImage) => NodeImageSpec | { readonly refused: Refusal };

/** What became of a change. `gone`: there is no such NodeImage. */
export type ChangeOutcome =
  | { readonly kind: 'done'; readonly nodeImage: NodeImage }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'gone' };

export interface NodeImageWriterOptions {
  /** Limit of one call, so that no write outlives its leader. */
  readonly writeDeadlineMs: number;
}

export interface NodeImageWriterDeps {
  readonly client: KubeClient;
  readonly known: KnownNodeImages;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: () => number;
}

interface CallLimits {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

interface Batch {
  readonly changes: SpecChange[];
  readonly outcomes: Promise<readonly ChangeOutcome[]>;
}

/** The one writer of NodeImage specs: merges what several jobs want on one node into one guarded patch, one at a time for each node. */
export class NodeImageWriter {
  readonly #client: KubeClient;
  readonly #known: KnownNodeImages;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #deadlineMs: number;
  readonly #slots: Semaphore;
  /** Batches that still take changes. */
  readonly #open = new Map<string, Batch>();
  /** The last batch of each node that has not ended. */
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(options: NodeImageWriterOptions, deps: NodeImageWriterDeps) {
    this.#deadlineMs = options.writeDeadlineMs;
    this.#client = deps.client;
    this.#known = deps.known;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#slots = new Semaphore({ name: 'node-image-writes', limit: WRITES_AT_ONCE }, deps);
  }

  /** Makes `change` on the node `name`. Rejects when the API server can't be asked, and when `signal`, or that of a change it was merged with, aborts. */
  async change(name: string, change: SpecChange, signal: AbortSignal): Promise<ChangeOutcome> {
    const batch = this.#open.get(name) ?? this.#openBatch(name, signal);
    const index = batch.changes.push(change) - 1;
    const outcomes = await batch.outcomes;
    return outcomes[index] ?? { kind: 'gone' };
  }

  /** Reads the newest NodeImage of that name, for a caller that does not know what became of its change. */
  async read(name: string, signal: AbortSignal): Promise<NodeImage | undefined> {
    return this.#read(name, { signal, deadlineMs: this.#deadlineMs });
  }

  #openBatch(name: string, signal: AbortSignal): Batch {
    const changes: SpecChange[] = [];
    const before = this.#last.get(name);
    const outcomes = this.#run(name, { changes, before, signal }).finally(() => {
      if (this.#last.get(name) === outcomes) this.#last.delete(name);
    });
    const batch = { changes, outcomes };
    this.#open.set(name, batch);
    this.#last.set(name, outcomes);
    return batch;
  }

  async #run(
    name: string,
    batch: { changes: SpecChange[]; before: Promise<unknown> | undefined; signal: AbortSignal },
  ): Promise<readonly ChangeOutcome[]> {
    const close = (): void => {
      if (this.#open.get(name)?.changes === batch.changes) this.#open.delete(name);
    };
    try {
      // Whoever waits for the batch before learns of its failure; here only its end matters.
      await batch.before?.catch(() => {});
      return await this.#slots.run(batch.signal, () => {
        close();
        return this.#write(name, batch.changes, batch.signal);
      });
    } finally {
      close();
    }
  }

  async #write(
    name: string,
    changes: readonly SpecChange[],
    signal: AbortSignal,
  ): Promise<readonly ChangeOutcome[]> {
    const options = { signal, deadlineMs: this.#deadlineMs };
    let current = this.#known.get(name);
    for (let attempt = 1; ; attempt++) {
      if (current === undefined) return changes.map(() => ({ kind: 'gone' }));
      const { spec, outcomes } = applyAll(current, changes);
      const operations = specPatch(current, spec);
      try {
        if (operations.length > 0) {
          current = await this.#patch(name, operations, options);
          this.#known.record(current);
        }
        const written = current;
        return outcomes.map(outcome => outcome ?? { kind: 'done', nodeImage: written });
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !mayBeStale(error)) throw error;
        const newest = await this.#read(name, options);
        if (isInvalid(error) && isSameVersion(current, newest)) throw error;
        current = newest;
      }
    }
  }

  /**
   * Sends a patch until the API server takes it up. The slot stays taken meanwhile: that is the rest which the server asks for. What was sent
   * is waited for, whatever the signal says: a leader gives its lease up when its last write is known, so that the next one counts it.
   */
  async #patch(
    name: string,
    operations: readonly JsonPatchOperation[],
    { signal, deadlineMs }: CallLimits,
  ): Promise<NodeImage> {
    for (;;) {
      signal.throwIfAborted();
      try {
        const patch = { type: 'json', operations } as const;
        return await this.#client.patch(NODE_IMAGES, { name }, patch, { deadlineMs });
      } catch (error) {
        const waitMs = turnedAwayMs(error, this.#random);
        if (waitMs === undefined) throw error;
        await this.#clock.sleep(waitMs, signal);
      }
    }
  }

  async #read(name: string, options: CallLimits): Promise<NodeImage | undefined> {
    const before = this.#known.cached(name);
    const newest = await this.#client.get(NODE_IMAGES, { name }, options);
    if (newest === undefined) this.#known.forget(name);
    else this.#known.record(newest, before);
    return newest;
  }
}

/** A patch of paths that are no longer there is 422, before the API server looks at the resourceVersion. */
const mayBeStale = (error: unknown): boolean =>
  isConflict(error) || isNotFound(error) || isInvalid(error);

/** Applies the changes one after the other; an outcome is there for each that was refused. */
function applyAll(
  nodeImage: NodeImage,
  changes: readonly SpecChange[],
): { spec: NodeImageSpec; outcomes: (ChangeOutcome | undefined)[] } {
  let spec = nodeImage.spec ?? {};
  const outcomes = changes.map((change): ChangeOutcome | undefined => {
    const result = change({ ...nodeImage, spec });
    if ('refused' in result) return { kind: 'refused', refusal: result.refused };
    spec = result;
    return undefined;
  });
  return { spec, outcomes };
}
