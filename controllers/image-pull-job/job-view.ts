import type { Node, Pod } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { isBeingDeleted } from '../../api/meta.ts';
import { LABEL_FAKE_NODE_IMAGE } from '../../api/names.ts';
import type { NodeImage } from '../../api/node-image.ts';
import type { Lister } from '../../kube/informer.ts';
import { runsDaemon } from '../node-image/runs-daemon.ts';
import type { KnownNodeImages } from '../node-image-writer/known-node-images.ts';
import { isFull } from './assign-tag.ts';
import { type Availability, availabilityOf } from './availability.ts';
import { entryState, type Failure } from './entry-state.ts';
import { NodeMemory } from './node-memory.ts';
import { JobProgress } from './progress.ts';
import { type Selection, type SelectionWorld, selectionOf } from './selection.ts';
import type { TagRequest } from './tag-request.ts';
import { type JobFacts, SILENCE_MS, type TargetFacts, targetState } from './target-state.ts';

/** The caches a job is read from. */
export interface JobWorld {
  readonly nodeImages: KnownNodeImages;
  readonly nodes: Lister<Node>;
  readonly pods: Lister<Pod>;
  readonly workloads: SelectionWorld['workloads'];
}

const DAY_MS = 24 * 60 * 60_000;

const selectorsOf = ({ spec }: ImagePullJob): string =>
  JSON.stringify([spec.selector, spec.podSelector]);

const epoch = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time);

/**
 * One unfinished job as the caches show it, kept up to date node by node. All of it follows from the API; a new leader builds its own.
 */
export class JobView {
  readonly progress = new JobProgress();
  readonly memory = new NodeMemory();
  /** Nodes that are being written. Their states stand until that is done. */
  readonly writing = new Set<string>();
  /** Nodes whose unfinished pulls have yet to learn of an edit. */
  readonly outdated = new Set<string>();
  readonly #world: JobWorld;
  readonly #dirty = new Set<string>();
  #job: ImagePullJob;
  #request: TagRequest;
  #selection: Selection;
  #startedAtMs: number;
  #edited: boolean;
  #secretsUpdatedAtMs = 0;
  #mostTargets: number;
  #order: readonly string[] = [];
  /** So many at the start of the order have been served. */
  #served = 0;
  #orderIsStale = true;

  constructor(job: ImagePullJob, request: TagRequest, world: JobWorld, nowMs: number) {
    this.#world = world;
    this.#job = job;
    this.#request = request;
    this.#selection = selectionOf(job, world);
    this.#startedAtMs = epoch(job.status?.startTime) ?? nowMs;
    const observed = job.status?.observedGeneration;
    this.#edited = observed !== undefined && observed !== job.metadata.generation;
    this.#mostTargets = job.status?.desired ?? 0;
    this.#rememberSilentNodes(nowMs);
    this.#markAll();
    if (this.#edited) this.#outdatePulls();
  }

  /** The uid of the job. */
  get uid(): string {
    return this.#request.uid;
  }

  get request(): TagRequest {
    return this.#request;
  }

  /** The most targets it ever had. */
  get mostTargets(): number {
    return this.#mostTargets;
  }

  /** Takes in an edit of the job. */
  update(job: ImagePullJob, request: TagRequest): void {
    const before = this.#job;
    this.#job = job;
    if (before.metadata.generation === job.metadata.generation) return;
    this.#request = request;
    if (selectorsOf(before) !== selectorsOf(job)) {
      this.#edited = true;
      this.#selection = selectionOf(job, this.#world);
    }
    this.#markAll();
    this.#outdatePulls();
  }

  /** Whether a change of the node may change the job. */
  concerns(name: string): boolean {
    return this.progress.has(name) || this.#selection.selects(name);
  }

  /** Notes that a node has to be looked at. */
  mark(name: string): void {
    this.#dirty.add(name);
  }

  /** Notes that a node has been written. */
  written(name: string): void {
    this.writing.delete(name);
    this.mark(name);
  }

  /** Notes that pods changed in a way that may change the order of the nodes. */
  markOrder(): void {
    this.#orderIsStale = true;
  }

  /** Pulls that failed on entries made before `updatedAtMs` are tried again. */
  secretsUpdated(updatedAtMs: number): void {
    if (updatedAtMs <= this.#secretsUpdatedAtMs) return;
    this.#secretsUpdatedAtMs = updatedAtMs;
    for (const name of this.progress.of('failed').keys()) this.mark(name);
  }

  /** Keeps a failure that no entry shows. A Never job tries the node again the next day. */
  remember(name: string, failure: Failure, nowMs: number): void {
    const uid = this.#world.nodeImages.get(name)?.metadata.uid;
    const until = this.#isNever ? { untilMs: nowMs + DAY_MS } : {};
    this.memory.remember(name, uid, { failure, ...until });
    this.mark(name);
  }

  /** Looks at the nodes that changed, and at those whose time has come. */
  refresh(nowMs: number): void {
    for (const name of this.progress.due(nowMs)) this.mark(name);
    for (const name of this.#dirty) if (!this.writing.has(name)) this.#look(name, nowMs);
    this.#dirty.clear();
    if (this.progress.counts.leaving + this.writing.size === 0) this.#edited = false;
    this.#mostTargets = Math.max(this.#mostTargets, this.progress.counts.desired);
  }

  /** The waiting targets that may be written now, in the order in which they are served. */
  *waiting(nowMs: number): Iterable<string> {
    const waiting = this.progress.of('waiting');
    if (this.#orderIsStale) {
      this.#order = this.#selection.inOrder(waiting.keys());
      this.#served = 0;
      this.#orderIsStale = false;
    }
    // Who waits again makes the order stale, so those at its start never come back.
    while (this.#served < this.#order.length && !waiting.has(this.#order[this.#served] ?? '')) {
      this.#served++;
    }
    for (let index = this.#served; index < this.#order.length; index++) {
      const name = this.#order[index] ?? '';
      if (waiting.has(name) && !this.memory.isPostponed(name, nowMs)) yield name;
    }
  }

  /** The earliest moment after `nowMs` at which something may change by itself. */
  nextCheckMs(nowMs: number): number {
    return Math.min(this.progress.nextCheckMs, this.memory.nextTryMs(nowMs));
  }

  get #isNever(): boolean {
    return this.#job.spec.completionPolicy?.type === 'Never';
  }

  get #facts(): JobFacts {
    return {
      request: this.#request,
      never: this.#isNever,
      startedAtMs: this.#startedAtMs,
      edited: this.#edited,
      secretsUpdatedAtMs: this.#secretsUpdatedAtMs,
    };
  }

  #markAll(): void {
    for (const name of this.#selection.candidates()) this.mark(name);
    for (const name of this.#world.nodeImages.ownedBy(this.uid)) this.mark(name);
    for (const name of this.progress.names()) this.mark(name);
    this.#orderIsStale = true;
  }

  #outdatePulls(): void {
    for (const name of this.#world.nodeImages.ownedBy(this.uid)) this.outdated.add(name);
  }

  #look(name: string, nowMs: number): void {
    const target = this.#targetFacts(name);
    const state = targetState({ job: this.#facts, target, nowMs });
    const endedHere = state?.kind === 'failed' && target.entry.kind === 'none';
    if (endedHere && state.failure.reason === 'NodeUnavailable' && !target.remembered) {
      this.remember(name, state.failure, nowMs);
    }
    if (state?.kind === 'waiting' && this.progress.get(name)?.kind !== 'waiting') {
      this.#orderIsStale = true;
    }
    this.progress.record(name, state);
  }

  #targetFacts(name: string): TargetFacts {
    const found = this.#world.nodeImages.get(name);
    const nodeImage = found === undefined || isBeingDeleted(found) ? undefined : found;
    const node = this.#world.nodes.get(name);
    const remembered = this.memory.recall(name, nodeImage?.metadata.uid);
    return {
      name,
      selected: this.#selection.selects(name),
      ...(nodeImage === undefined ? {} : { nodeImage }),
      entry: nodeImage ? entryState(nodeImage, this.#request, this.uid) : { kind: 'none' },
      availability: availability(node, nodeImage),
      ...(node !== undefined && runsDaemon(node)
        ? { expectedSinceMs: epoch(node.metadata.creationTimestamp) ?? 0 }
        : {}),
      ...(remembered === undefined ? {} : { remembered }),
    };
  }

  /**
   * Silent nodes lose their entry and are only named in the status. Failures that show elsewhere are not meant, and a young
   * NodeImage was not there to be silent.
   */
  #rememberSilentNodes(nowMs: number): void {
    const { failedNodes = [], failures } = this.#job.status ?? {};
    if (this.#isNever || failures?.every(({ reason }) => reason !== 'NodeUnavailable')) return;
    for (const name of failedNodes) {
      const nodeImage = this.#world.nodeImages.get(name);
      if (nodeImage === undefined || isFull(nodeImage, this.#request.name)) continue;
      if (entryState(nodeImage, this.#request, this.uid).kind !== 'none') continue;
      const createdAtMs = epoch(nodeImage.metadata.creationTimestamp) ?? 0;
      if (createdAtMs + SILENCE_MS > nowMs) continue;
      const message = `node ${name} has not responded for 10 minutes`;
      this.remember(name, { reason: 'NodeUnavailable', message }, nowMs);
    }
  }
}

/**
 * A NodeImage that stands for no Node is served by whoever made it. Any other one without a Node is about to go, or newer than what the
 * cache knows of Nodes: nobody has waited for it for longer than it is there.
 */
function availability(node: Node | undefined, nodeImage: NodeImage | undefined): Availability {
  if (node !== undefined || nodeImage === undefined) return availabilityOf(node);
  const { creationTimestamp, labels } = nodeImage.metadata;
  if (labels?.[LABEL_FAKE_NODE_IMAGE] !== undefined) return { available: true };
  return { available: false, sinceMs: epoch(creationTimestamp) ?? 0, why: 'the node is gone' };
}
