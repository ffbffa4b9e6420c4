import { type ApiObject, inVersion, withMetadata } from '../objects/api-object.ts';
import type { StoreEvent } from './event-ring.ts';

/** An event on its way to many watchers: each form is serialised once. */
export class Delivery {
  readonly event: StoreEvent;
  readonly #lines = new Map<string, string>();

  constructor(event: StoreEvent) {
    this.event = event;
  }

  /** The line of a watch stream that tells `type` in `apiVersion`. */
  line(type: StoreEvent['type'], apiVersion: string): string {
    const form = `${type} ${apiVersion}`;
    const known = this.#lines.get(form);
    if (known !== undefined) return known;
    const object = inVersion(this.objectFor(type), apiVersion);
    const line = `${JSON.stringify({ type, object })}\n`;
    this.#lines.set(form, line);
    return line;
  }

  /**
   * The object that a watcher is shown. One whose selector stopped matching is told DELETED with the last state that matched,
   * at the new revision, as kube-apiserver does.
   */
  objectFor(type: StoreEvent['type']): ApiObject {
    const { object, previous } = this.event;
    if (type !== 'DELETED' || this.event.type === 'DELETED' || previous === undefined) {
      return object;
    }
    return withMetadata(previous, { resourceVersion: String(this.event.revision) });
  }
}
