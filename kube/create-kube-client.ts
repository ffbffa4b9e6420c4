import type { KubeObject } from '../api/meta.ts';
import { apiVersionOf, type Resource } from '../api/resource.ts';
import { jsonLines } from './json-lines.ts';
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
} from './kube-client.ts';
import { isGone, isNotFound } from './kube-error.ts';
import { failureOfBody } from './request-failure.ts';
import { resourcePath } from './resource-path.ts';
import type { Transport, TransportRequest } from './transport.ts';
import { watchEventOf } from './watch-event.ts';

export interface KubeClientOptions {
  /** Owner of the fields we write. */
  readonly fieldManager: string;
  /**
   * Deadline of writes that name none. Default 30 s. A leader needs less than its lease lasts after its renew deadline, so that no
   * write of it can come after those of the next.
   */
  readonly writeDeadlineMs?: number;
}

const DEADLINE_MS = 30_000;
const PAGE_SIZE = 500;

const CONTENT_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  // JSON is YAML; the API server takes it.
  apply: 'application/apply-patch+yaml',
} as const satisfies Record<Patch['type'], string>;

/** A client of the API server that `transport` reaches. */
export function createKubeClient(
  options: KubeClientOptions,
  deps: { readonly transport: Transport },
): KubeClient {
  return new HttpKubeClient(options, deps.transport);
}

interface ListBody<T> {
  readonly items?: readonly T[] | null;
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
}

class HttpKubeClient implements KubeClient {
  readonly #options: KubeClientOptions;
  readonly #transport: Transport;

  constructor(options: KubeClientOptions, transport: Transport) {
    this.#options = options;
    this.#transport = transport;
  }

  get<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    return this.getPath(resourcePath(resource, name), options) as Promise<T | undefined>;
  }

  async *pages<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): AsyncGenerator<Page<T>> {
    const { namespace, labelSelector, fieldSelector, resourceVersion } = options;
    const limit = options.pageSize ?? PAGE_SIZE;
    let next: string | undefined;
    do {
      const query = { labelSelector, fieldSelector, ...(limit > 0 && { limit }) };
      // A continue token stands for the resourceVersion of the first page; sending both is refused.
      const from = next === undefined ? { resourceVersion } : { continue: next };
      const path = resourcePath(resource, { namespace, query: { ...query, ...from } });
      const body = (await this.#send({ method: 'GET', path }, options)) as ListBody<T>;
      yield { items: body.items ?? [], resourceVersion: body.metadata?.resourceVersion ?? '' };
      next = body.metadata?.continue || undefined;
    } while (next !== undefined);
  }

  async list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): Promise<Page<T>> {
    try {
      return await this.#collect(resource, options);
    } catch (error) {
      if (!isGone(error)) throw error;
      // The continue token expired between two pages: a list in one piece needs none.
      return this.#collect(resource, { ...options, pageSize: 0 });
    }
  }

  async create<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const { namespace } = object.metadata;
    const path = resourcePath(resource, { namespace, query: this.#writeQuery(options) });
    const body = typed(resource, object);
    return (await this.#write({ method: 'POST', path, body }, options)) as T;
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    patch: Patch,
    options: PatchOptions = {},
  ): Promise<T> {
    const force = patch.type === 'apply' && patch.force === true ? true : undefined;
    const path = resourcePath(resource, {
      ...name,
      subresource: options.subresource,
      query: { ...this.#writeQuery(options), force },
    });
    const contentType = CONTENT_TYPES[patch.type];
    const body = patchBody(resource, patch);
    return (await this.#write({ method: 'PATCH', path, body, contentType }, options)) as T;
  }

  async delete(
    resource: Resource,
    name: ObjectName,
    options: DeleteOptions = {},
  ): Promise<boolean> {
    const { propagationPolicy, preconditions, gracePeriodSeconds } = options;
    const wanted = { propagationPolicy, preconditions, gracePeriodSeconds };
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...wanted };
    const query = { timeout: this.#timeout(options.deadlineMs) };
    const path = resourcePath(resource, { ...name, query });
    try {
      await this.#write({ method: 'DELETE', path, body }, options);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    const { namespace, signal, ...query } = options;
    const path = resourcePath(resource, {
      namespace,
      query: { ...query, watch: true, allowWatchBookmarks: true },
    });
    const what = `watch ${resource.plural}`;
    const request = { method: 'GET', path, signal, deadlineMs: DEADLINE_MS } as const;
    try {
      for await (const line of jsonLines(await this.#transport.stream(request))) {
        const event = watchEventOf<T>(what, line);
        if (event !== undefined) yield event;
      }
    } catch (error) {
      throw error instanceof SyntaxError ? failureOfBody(what, 200, error) : error;
    }
  }

  async getPath(path: string, options: CallOptions = {}): Promise<unknown> {
    try {
      return await this.#send({ method: 'GET', path }, options);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #collect<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions,
  ): Promise<Page<T>> {
    const items: T[] = [];
    let resourceVersion = '';
    for await (const page of this.pages(resource, options)) {
      for (const item of page.items) items.push(item);
      resourceVersion = page.resourceVersion;
    }
    return { items, resourceVersion };
  }

  #writeQuery({ dryRun, deadlineMs }: WriteOptions) {
    const { fieldManager } = this.#options;
    const all = dryRun === true ? 'All' : undefined;
    return { fieldManager, dryRun: all, timeout: this.#timeout(deadlineMs) };
  }

  /** The API server keeps to the deadline too, so that a write whose sender is cut off does not come late. */
  #timeout(deadlineMs = this.#writeDeadlineMs): string {
    return `${Math.ceil(deadlineMs)}ms`;
  }

  get #writeDeadlineMs(): number {
    return this.#options.writeDeadlineMs ?? DEADLINE_MS;
  }

  #write(request: Omit<TransportRequest, 'deadlineMs'>, options: CallOptions): Promise<unknown> {
    return this.#send(request, { deadlineMs: this.#writeDeadlineMs, ...options });
  }

  #send(
    request: Omit<TransportRequest, 'deadlineMs'>,
    { signal, deadlineMs = DEADLINE_MS }: CallOptions,
  ): Promise<unknown> {
    return this.#transport.request({ ...request, signal, deadlineMs });
  }
}

function typed<T extends KubeObject>(resource: Resource<T>, object: T): T {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function patchBody(resource: Resource, patch: Patch): unknown {
  switch (patch.type) {
    case 'json':
      return patch.operations;
    case 'merge':
      return patch.body;
    case 'apply':
      return typed(resource, patch.body);
  }
}
