import type { KubeObject } from '../../api/meta.ts';
import { apiVersionOf, type Resource } from '../../api/resource.ts';
import type { WatchEvent, WatchOptions } from '../../kube/kube-client.ts';
import { failureOfStatus } from '../../kube/request-failure.ts';
import { onAbort } from '../../runtime/abort.ts';
import type { Backend } from './backend.ts';
import { seenAs, startOf } from './handlers/watch.ts';
import { BOOKMARK_INTERVAL_MS } from './handlers/watch-stream.ts';
import { type ApiRequest, collectionOf } from './http/api-request.ts';
import { ADMIN } from './http/user.ts';
import { internalRequest } from './lifecycle/internal-request.ts';
import { inVersion } from './objects/api-object.ts';
import { type Selection, selectionOf } from './selectors/selection.ts';
import { ApiError } from './status/api-error.ts';
import type { Delivery } from './store/delivery.ts';

/** One watch on a backend in this process: events are handed over as objects, which nobody may change. */
export async function* watchDirectly<T extends KubeObject>(
  backend: Backend,
  resource: Resource<T>,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<T>> {
  options.signal.throwIfAborted();
  const request = requestOf(backend, resource, options);
  const selection = selectionOf(request);
  const start = startOf(request, selection);
  if (start instanceof ApiError) throw failureOfStatus(`watch ${resource.plural}`, start.body);
  const watch = new DirectWatch<T>(apiVersionOf(resource), selection);
  for (const delivery of start) watch.deliver(delivery);
  const endings = [
    collectionOf(request).watch({ pin: selection.pin, deliver: told => watch.deliver(told) }),
    onAbort(options.signal, () => watch.end()),
    backend.clock.after(options.timeoutSeconds * 1000, () => watch.end()),
    everyMinute(backend, () => watch.bookmark(String(backend.store.revision))),
  ];
  try {
    yield* watch.events();
    options.signal.throwIfAborted();
  } finally {
    for (const end of endings) end();
  }
}

class DirectWatch<T extends KubeObject> {
  readonly #apiVersion: string;
  readonly #selection: Selection;
  #waiting: WatchEvent<T>[] = [];
  #ended = false;
  #wake = (): void => {};

  constructor(apiVersion: string, selection: Selection) {
    this.#apiVersion = apiVersion;
    this.#selection = selection;
  }

  deliver(delivery: Delivery): void {
    const type = seenAs(delivery.event, this.#selection.matches);
    if (type === undefined) return;
    const object = inVersion(delivery.objectFor(type), this.#apiVersion);
    this.#push({ type, object: object as unknown as T });
  }

  bookmark(resourceVersion: string): void {
    this.#push({ type: 'BOOKMARK', resourceVersion });
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *events(): AsyncGenerator<WatchEvent<T>> {
    while (!this.#ended) {
      const events = this.#waiting;
      this.#waiting = [];
      yield* events;
      if (this.#waiting.length === 0 && !this.#ended) await this.#more();
    }
  }

  #push(event: WatchEvent<T>): void {
    this.#waiting.push(event);
    this.#wake();
  }

  #more(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve;
    });
  }
}

function requestOf(
  backend: Backend,
  resource: Resource,
  { namespace, resourceVersion, labelSelector = '', fieldSelector = '' }: WatchOptions,
): ApiRequest {
  const { group, version, plural } = resource;
  const served = backend.registry.served(group, version, plural);
  if (served === undefined) {
    throw failureOfStatus(`watch ${plural}`, { code: 404, reason: 'NotFound' });
  }
  const query = new URLSearchParams({ resourceVersion, labelSelector, fieldSelector });
  return { ...internalRequest(backend, served, { namespace }, ADMIN), query };
}

function everyMinute({ clock }: Backend, work: () => void): () => void {
  let cancel = (): void => {};
  const again = (): void => {
    cancel = clock.after(BOOKMARK_INTERVAL_MS, () => {
      work();
      again();
    });
  };
  again();
  return () => cancel();
}
