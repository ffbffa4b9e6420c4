import type { KubeObject } from '../../api/meta.ts';
import type { Resource } from '../../api/resource.ts';
import type {
  CallOptions,
  DeleteOptions,
  KubeClient,
  ListOptions,
  ObjectName,
  Page,
  Patch,
  PatchOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { untilAborted } from '../../runtime/abort.ts';
import { withDeadline } from '../../runtime/deadline.ts';
import { type Deferred, defer } from '../support/defer.ts';
import type { FakeKube } from '../support/fake-kube.ts';
import type { Admission } from './admission.ts';

/** What befalls one write. All but `lost` keep it from being made. */
export const FATES = ['none', 'refused', 'throttled', 'unreached', 'conflict', 'lost'] as const;
export type Fate = (typeof FATES)[number];

/** As the manager's client has it (cli/manager/compose-leading.ts); the API server is told and works no longer on a write. */
export const WRITE_DEADLINE_MS = 4_000;
/** A write that arrives at all arrives before that. */
const LATEST_ARRIVAL_MS = 3_900;

const turnedAway = (retryAfterMs: number): KubeError =>
  new KubeError('too many requests', { status: 429, retryAfterMs, retryable: true });

const FAILURES: Readonly<Record<Exclude<Fate, 'none'>, () => KubeError>> = {
  refused: () => new KubeError('etcdserver: request timed out', { status: 500, retryable: true }),
  throttled: () => turnedAway(1_000),
  unreached: () => new KubeError('connection refused', { status: 0, retryable: true }),
  conflict: () =>
    new KubeError('the object has been modified', { status: 409, reason: 'Conflict' }),
  lost: () => new KubeError('socket hang up', { status: 0, retryable: true }),
};

/** Whether a write changes the spec of a NodeImage. */
function isOfSpec({ plural }: Resource, patch: Patch): boolean {
  if (plural !== 'nodeimages' || patch.type !== 'json') return false;
  return patch.operations.some(({ path }) => path.startsWith('/spec'));
}

export interface ModelClientDeps {
  readonly kube: FakeKube;
  readonly random: () => number;
  readonly admission: Admission;
}

/**
 * The client of one manager. Its writes travel for a while and arrive also when the caller gave up or died; its reads may fail, its
 * watches may lag behind.
 */
export class ModelClient implements KubeClient {
  readonly kube: FakeKube;
  /** NodeImages that were asked for sooner than the API server had said. */
  readonly hurried: string[] = [];
  /** Writes take up to this long to arrive. */
  latencyMs = 0;
  /** So many reads fail from now on. */
  failingReads = 0;
  readonly #fates: Fate[] = [];
  readonly #lags = new Map<string, Deferred<void>>();
  readonly #random: () => number;
  readonly #admission: Admission;
  /** When each NodeImage may be written again that was turned away. */
  readonly #restUntilMs = new Map<string, number>();
  #overload = { untilMs: 0, retryAfterMs: 0 };
  #dead = false;

  constructor(deps: ModelClientDeps) {
    this.kube = deps.kube;
    this.#random = deps.random;
    this.#admission = deps.admission;
  }

  /** The API server turns everything of this client away for a while. */
  overload({ ms, retryAfterMs }: { readonly ms: number; readonly retryAfterMs: number }): void {
    this.#overload = { untilMs: this.kube.clock.now() + ms, retryAfterMs };
  }

  /** Another term begins: it knows nothing of what was turned away. */
  rested(): void {
    this.#restUntilMs.clear();
  }

  /** What befalls the next writes. */
  befall(fates: readonly Fate[]): void {
    this.#fates.push(...fates);
  }

  /** The process is gone: nothing is sent any more. What was sent arrives. */
  die(): void {
    this.#dead = true;
    this.kube.endWatches();
  }

  /** Holds back watch events of a kind. */
  lag(plural: string, ms: number): void {
    if (this.#lags.has(plural)) return;
    const gate = defer<void>();
    this.#lags.set(plural, gate);
    this.kube.clock.after(ms, () => this.#release(plural));
  }

  /** Whether anything goes wrong, or may. */
  get isFaulty(): boolean {
    const { length } = this.#fates;
    return this.latencyMs + this.failingReads + length + this.#lags.size > 0 || this.#isOverloaded;
  }

  /** Ends all faults. */
  heal(): void {
    this.latencyMs = 0;
    this.failingReads = 0;
    this.#fates.length = 0;
    this.#overload.untilMs = 0;
    for (const plural of this.#lags.keys()) this.#release(plural);
  }

  get<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    options?: CallOptions,
  ): Promise<T | undefined> {
    return this.#read(() => this.kube.get(resource, name, options));
  }

  async *pages<T extends KubeObject>(
    resource: Resource<T>,
    options?: ListOptions,
  ): AsyncGenerator<Page<T>> {
    await this.#read(async () => {});
    yield* this.kube.pages(resource, options);
  }

  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<Page<T>> {
    return this.#read(() => this.kube.list(resource, options));
  }

  create<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#write(options, () => this.kube.create(resource, object));
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    patch: Patch,
    options: PatchOptions = {},
  ): Promise<T> {
    const { subresource } = options;
    const to = subresource === undefined ? {} : { subresource };
    const send = (): Promise<T> => this.kube.patch(resource, name, patch, to);
    if (!isOfSpec(resource, patch)) return this.#write(options, send);
    return this.#patchSpec(name.name, () =>
      this.#write(options, () => {
        this.#admission.check(name.name);
        return send();
      }),
    );
  }

  delete(resource: Resource, name: ObjectName, options: DeleteOptions = {}): Promise<boolean> {
    const { signal: _signal, deadlineMs: _deadlineMs, ...how } = options;
    return this.#write(options, () => this.kube.delete(resource, name, how));
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    this.#mustLive();
    for await (const event of this.kube.watch(resource, options)) {
      for (
        let gate = this.#lags.get(resource.plural);
        gate;
        gate = this.#lags.get(resource.plural)
      ) {
        await untilAborted(gate.promise, options.signal);
      }
      yield event;
    }
  }

  getPath(path: string, options?: CallOptions): Promise<unknown> {
    return this.kube.getPath(path, options);
  }

  #release(plural: string): void {
    this.#lags.get(plural)?.resolve();
    this.#lags.delete(plural);
  }

  #mustLive(): void {
    if (this.#dead) throw FAILURES.unreached();
  }

  get #isOverloaded(): boolean {
    return this.kube.clock.now() < this.#overload.untilMs;
  }

  /** Watches how long the next change of a NodeImage waits after one that was turned away. */
  async #patchSpec<T>(node: string, write: () => Promise<T>): Promise<T> {
    const nowMs = this.kube.clock.now();
    if (nowMs < (this.#restUntilMs.get(node) ?? nowMs)) this.hurried.push(node);
    try {
      return await write();
    } catch (error) {
      const restMs = error instanceof KubeError ? error.retryAfterMs : undefined;
      if (restMs !== undefined) this.#restUntilMs.set(node, nowMs + restMs);
      throw error;
    }
  }

  #mustBeServed(): void {
    this.#mustLive();
    if (this.#isOverloaded) throw turnedAway(this.#overload.retryAfterMs);
  }

  async #read<T>(work: () => Promise<T>): Promise<T> {
    this.#mustBeServed();
    if (this.failingReads > 0) {
      this.failingReads--;
      throw FAILURES.refused();
    }
    return work();
  }

  async #write<T>(options: WriteOptions, send: () => Promise<T>): Promise<T> {
    options.signal?.throwIfAborted();
    this.#mustBeServed();
    const fate = this.#fates.shift() ?? 'none';
    if (fate !== 'none' && fate !== 'lost') throw FAILURES[fate]();
    const { clock } = this.kube;
    const travelMs = Math.floor(Math.min(this.latencyMs, LATEST_ARRIVAL_MS) * this.#random());
    using limit = withDeadline(options.signal, options.deadlineMs ?? WRITE_DEADLINE_MS, clock);
    const arrived = travelMs === 0 ? send() : clock.sleep(travelMs).then(send);
    // Whoever gave up does not learn how it ended.
    arrived.catch(() => {});
    try {
      const answer = await untilAborted(arrived, limit.signal);
      if (fate === 'lost') throw FAILURES.lost();
      return answer;
    } catch (error) {
      throw limit.expired ? FAILURES.lost() : error;
    }
  }
}
