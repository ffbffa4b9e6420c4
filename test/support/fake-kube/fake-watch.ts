import type { KubeObject } from '../../../api/meta.ts';
import type { Resource } from '../../../api/resource.ts';
import type { WatchEvent } from '../../../kube/kube-client.ts';
import { type FakeStore, type StoredChange, tableOf } from './fake-store.ts';
import { typed } from './object-rules.ts';
import type { Selects } from './selectors.ts';

/** One watch on a FakeStore: an async iterable that is fed by the store's writes. */
export class FakeWatch<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly #selects: Selects;
  readonly #queue: WatchEvent<T>[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wake = (): void => {};
  #close = (): void => {};

  constructor(resource: Resource<T>, selects: Selects) {
    this.resource = resource;
    this.#selects = selects;
  }

  /** Ends the stream after the events that wait: quietly, or with `error`. */
  end(error?: unknown): void {
    this.#end ??= error === undefined ? {} : { error };
    this.#wake();
  }

  bookmark(resourceVersion: string): void {
    this.#push({ type: 'BOOKMARK', resourceVersion });
  }

  /** Tells a write, if it concerns this watch. An object that begins or ceases to be selected is added or deleted. */
  see(change: StoredChange): void {
    if (change.table !== tableOf(this.resource)) return;
    const isSelected = change.type !== 'DELETED' && this.#selects(change.object);
    const wasSelected = change.previous !== undefined && this.#selects(change.previous);
    if (!isSelected && !wasSelected) return;
    const type = isSelected ? (wasSelected ? 'MODIFIED' : 'ADDED') : 'DELETED';
    const object = structuredClone(change.object) as T;
    this.#push({ type, object: typed(this.resource, object) });
  }

  /** Begins to listen, after `version`. Nothing is missed between this call and the reading of {@link events}. */
  open(store: FakeStore, version: number): void {
    const listener = (change: StoredChange): void => this.see(change);
    for (const change of store.history) if (change.version > version) this.see(change);
    store.listeners.add(listener);
    this.#close = () => {
      store.listeners.delete(listener);
    };
  }

  async *events(): AsyncGenerator<WatchEvent<T>> {
    try {
      for (;;) {
        const event = this.#queue.shift();
        if (event !== undefined) yield event;
        else if (this.#end === undefined) await this.#more();
        else if ('error' in this.#end) throw this.#end.error as Error;
        else return;
      }
    } finally {
      this.#close();
    }
  }

  #push(event: WatchEvent<T>): void {
    if (this.#end !== undefined) return;
    this.#queue.push(event);
    this.#wake();
  }

  #more(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve;
    });
  }
}
