import { type KubeObject, type ObjectKey, objectKey } from '../../api/meta.ts';
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
import { isGone, KubeError } from '../../kube/kube-error.ts';
import { onAbort, untilAborted } from '../../runtime/abort.ts';
import { withDeadline } from '../../runtime/deadline.ts';
import { FakeClock } from './fake-clock.ts';
import { ALL_RESOURCES, discoveryBody } from './fake-kube/discovery.ts';
import type { FakeRequest, Hook } from './fake-kube/fake-request.ts';
import { FakeStore, type StoredChange, tableOf } from './fake-kube/fake-store.ts';
import { FakeWatch } from './fake-kube/fake-watch.ts';
import { refusal, typed } from './fake-kube/object-rules.ts';
import { Patcher } from './fake-kube/patches.ts';
import { selects } from './fake-kube/selectors.ts';

export interface FakeKubeOptions {
  /** Default: a new FakeClock. */
  readonly clock?: FakeClock;
  /** Whether dependents go with their owners. Default false: that is the work of kube-controller-manager. */
  readonly collectsGarbage?: boolean;
  /** Be one more client of the same API, with faults, requests and watches of its own. */
  readonly of?: FakeKube;
}

/**
 * A Kubernetes API in memory, for tests of controllers: optimistic concurrency, generation, status subresource, finalizers, watches with
 * history. It has no schema, no defaults and no admission. It passes the same conformance suite as a real one.
 */
export class FakeKube implements KubeClient {
  readonly clock: FakeClock;
  /** Every call so far. */
  readonly requests: FakeRequest[] = [];
  /** Runs before each call is carried out: throw, or wait, to play a fault. */
  before: Hook = () => {};
  /** Runs after a call was carried out and before it is answered: a lost answer. */
  after: Hook = () => {};
  readonly #store: FakeStore;
  readonly #watches = new Set<Pick<FakeWatch<KubeObject>, 'end' | 'bookmark'>>();
  /** Kinds that are served, by table. */
  readonly #served: Set<string>;
  readonly #patcher: Patcher;

  constructor(options: FakeKubeOptions = {}) {
    const { of, collectsGarbage = false } = options;
    this.clock = of?.clock ?? options.clock ?? new FakeClock();
    this.#store = of ? of.#store : new FakeStore({ clock: this.clock, collectsGarbage });
    this.#served = of ? of.#served : new Set(ALL_RESOURCES.map(tableOf));
    this.#patcher = of ? of.#patcher : new Patcher();
  }

  /** Every write of every client since the last compaction, oldest first. */
  get history(): readonly StoredChange[] {
    return this.#store.history;
  }

  /** Puts an object in as if it had always been there: status, uid and timestamps are kept. */
  seed<T extends KubeObject>(resource: Resource<T>, object: T): T {
    this.serve(resource, true);
    return structuredClone(
      this.#store.create(resource, structuredClone(object), { trusted: true }),
    );
  }

  /** The object with `key`, without a call. */
  read<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): T | undefined {
    return structuredClone(this.#store.get(resource, key));
  }

  /** All objects, in the order of their keys, without a call. */
  readAll<T extends KubeObject>(resource: Resource<T>): readonly T[] {
    return structuredClone(this.#store.list(resource));
  }

  /** Calls that wrote or tried to: creates, patches and deletes. */
  get writes(): readonly FakeRequest[] {
    return this.requests.filter(({ verb }) => ['create', 'patch', 'delete'].includes(verb));
  }

  /** Serves one more kind, or answers 404 for it as without its CRD. Those of api/resources.ts are served at first. */
  serve(resource: Resource, isServed: boolean): void {
    if (isServed) this.#served.add(tableOf(resource));
    else this.#served.delete(tableOf(resource));
  }

  /** Ends all watches, quietly or with `error`. */
  endWatches(error?: KubeError): void {
    for (const watch of this.#watches) watch.end(error);
  }

  /** Sends every watch a bookmark. */
  bookmark(): void {
    for (const watch of this.#watches) watch.bookmark(String(this.#store.version));
  }

  /** Forgets the history: watches that start from before, and lists in pages, get 410. */
  compact(): void {
    this.#store.compact();
  }

  /** Open watches. */
  get watching(): number {
    return this.#watches.size;
  }

  get<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    const request = { verb: 'get', resource: resource.plural, ...name } as const;
    return this.#call(request, options, () => {
      const object = this.#isServed(resource) && this.#store.get(resource, keyOfName(name));
      return object ? typed(resource, object) : undefined;
    });
  }

  async *pages<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): AsyncGenerator<Page<T>> {
    const { namespace, pageSize = 500, resourceVersion: from } = options;
    let snapshot: Page<T> | undefined;
    let start = 0;
    do {
      const target = { resource: resource.plural, namespace };
      const request = { verb: 'list', ...target, resourceVersion: from } as const;
      snapshot = await this.#call(request, options, () => {
        this.#mustServe(resource);
        if (snapshot !== undefined) this.#mustRemember(snapshot.resourceVersion);
        return snapshot ?? this.#snapshot(resource, options);
      });
      const { items, resourceVersion } = snapshot;
      const end = pageSize > 0 ? start + pageSize : items.length;
      yield { items: structuredClone(items.slice(start, end)), resourceVersion };
      start = end;
    } while (start < snapshot.items.length);
  }

  async list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): Promise<Page<T>> {
    const items: T[] = [];
    let resourceVersion = '';
    try {
      for await (const page of this.pages(resource, options)) {
        items.push(...page.items);
        resourceVersion = page.resourceVersion;
      }
    } catch (error) {
      if (!isGone(error)) throw error;
      return this.list(resource, { ...options, pageSize: 0 });
    }
    return { items, resourceVersion };
  }

  create<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const { dryRun } = options;
    const { name, namespace } = object.metadata;
    const target = { verb: 'create', resource: resource.plural, namespace, name } as const;
    return this.#call({ ...target, body: object, dryRun }, options, () => {
      this.#mustServe(resource);
      return this.#store.create(resource, structuredClone(object), { dryRun });
    });
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    patch: Patch,
    options: PatchOptions = {},
  ): Promise<T> {
    const { subresource, dryRun } = options;
    const target = { verb: 'patch', resource: resource.plural, ...name, subresource } as const;
    return this.#call({ ...target, body: patch, dryRun }, options, () => {
      this.#mustServe(resource);
      const current = this.#store.get(resource, keyOfName(name));
      if (current === undefined) return this.#createByApply(resource, name, patch, dryRun);
      const wanted = typed(resource, this.#patcher.patch(current, patch));
      return this.#store.update(resource, { current, wanted, subresource, dryRun });
    });
  }

  delete(resource: Resource, name: ObjectName, options: DeleteOptions = {}): Promise<boolean> {
    const request = { verb: 'delete', resource: resource.plural, ...name } as const;
    return this.#call(request, options, () => {
      return this.#isServed(resource) && this.#store.delete(resource, keyOfName(name), options);
    });
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    const { namespace, signal, resourceVersion, timeoutSeconds } = options;
    const target = { resource: resource.plural, namespace };
    const request = { verb: 'watch', ...target, resourceVersion } as const;
    const watch = new FakeWatch(resource, selects(options));
    await this.#call(request, { signal }, () => {
      this.#mustServe(resource);
      this.#mustRemember(resourceVersion);
      watch.open(this.#store, Number(resourceVersion));
      this.#watches.add(watch);
    });
    const cancel = this.clock.after(timeoutSeconds * 1000, () => watch.end());
    const unlink = onAbort(signal, () => watch.end(signal.reason));
    try {
      yield* watch.events();
    } finally {
      cancel();
      unlink();
      this.#watches.delete(watch);
    }
  }

  getPath(path: string, options: CallOptions = {}): Promise<unknown> {
    return this.#call({ verb: 'getPath', resource: path }, options, () =>
      discoveryBody(path, resource => this.#isServed(resource)),
    );
  }

  /** Remembers the call, plays the faults around `work` and answers a copy. */
  async #call<T>(request: FakeRequest, options: CallOptions, work: () => T): Promise<T> {
    options.signal?.throwIfAborted();
    this.requests.push(request);
    using deadline = withDeadline(options.signal, options.deadlineMs ?? 30_000, this.clock);
    const play = (hook: Hook) => untilAborted(Promise.resolve(hook(request)), deadline.signal);
    try {
      await play(this.before);
      const answer = structuredClone(work());
      await play(this.after);
      return answer;
    } catch (error) {
      if (!deadline.expired) throw error;
      throw new KubeError('no answer in time', { status: 0, retryable: true });
    }
  }

  #isServed(resource: Resource): boolean {
    return this.#served.has(tableOf(resource));
  }

  #mustServe(resource: Resource): void {
    if (!this.#isServed(resource)) throw refusal(resource, '', 'NotFound', 'is not served');
  }

  #mustRemember(resourceVersion: string): void {
    if (Number(resourceVersion) >= this.#store.compactedVersion) return;
    throw new KubeError(`too old resource version: ${resourceVersion}`, {
      status: 410,
      reason: 'Expired',
    });
  }

  #snapshot<T extends KubeObject>(resource: Resource<T>, options: ListOptions): Page<T> {
    const items = this.#store.list(resource).filter(selects(options));
    return {
      items: items.map(item => typed(resource, item)),
      resourceVersion: String(this.#store.version),
    };
  }

  #createByApply<T extends KubeObject>(
    resource: Resource<T>,
    { name, namespace }: ObjectName,
    patch: Patch,
    dryRun: boolean | undefined,
  ): T {
    if (patch.type !== 'apply') throw refusal(resource, name, 'NotFound', 'not found');
    const place = { name, ...(namespace === undefined ? {} : { namespace }) };
    const object = { ...patch.body, metadata: { ...patch.body.metadata, ...place } } as T;
    const created = this.#store.create(resource, structuredClone(object), { dryRun });
    this.#patcher.remember(created, patch.body);
    return created;
  }
}

const keyOfName = ({ name, namespace }: ObjectName): ObjectKey => objectKey(name, namespace);
