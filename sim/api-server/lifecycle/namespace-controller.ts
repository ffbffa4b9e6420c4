import type { Backend } from '../backend.ts';
import { type ApiObject } from '../objects/api-object.ts';
import { withValueAt } from '../objects/json.ts';
import { type ResourceType, resourceName } from '../registry/resource-type.ts';
import type { StoreEvent } from '../store/event-ring.ts';
import { deleteObject } from '../writes/delete-object.ts';
import { updateObject } from '../writes/update-object.ts';
import { internalRequest, PLAIN_WRITE, storedAs, systemUser } from './internal-request.ts';
import { WorkList } from './work-list.ts';

const USER = systemUser('namespace-controller');

/** Empties namespaces that are being deleted, and lets them go when nothing is left in them. */
export class NamespaceController {
  readonly #backend: Backend;
  readonly #work: WorkList;
  /** Objects in each namespace. */
  readonly #counts = new Map<string, number>();

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#work = new WorkList(name => this.#attend(name), backend);
    backend.store.onCommit((resource, event) => this.#onCommit(resource, event));
  }

  stop(): Promise<void> {
    return this.#work.stop();
  }

  #onCommit(resource: string, { type, object }: StoreEvent): void {
    const { name, namespace, deletionTimestamp } = object.metadata;
    if (resource === 'namespaces') {
      if (type === 'MODIFIED' && deletionTimestamp !== undefined) this.#work.add(name);
      return;
    }
    if (namespace === undefined || type === 'MODIFIED') return;
    const count = (this.#counts.get(namespace) ?? 0) + (type === 'ADDED' ? 1 : -1);
    this.#counts.set(namespace, count);
    // Something may come in while the namespace is being emptied.
    if (count === 0 || this.#isTerminating(namespace)) this.#work.add(namespace);
  }

  #isTerminating(name: string): boolean {
    const namespace = this.#backend.store.collection('namespaces').get(name);
    return namespace?.metadata.deletionTimestamp !== undefined;
  }

  async #attend(name: string): Promise<void> {
    if (!this.#isTerminating(name)) return;
    if ((this.#counts.get(name) ?? 0) === 0) await this.#release(name);
    else await this.#empty(name);
  }

  async #empty(namespace: string): Promise<void> {
    for (const type of this.#backend.registry.types) {
      if (!type.namespaced) continue;
      for (const object of this.#objectsOf(type, namespace)) {
        const target = { name: object.metadata.name, namespace };
        const request = internalRequest(this.#backend, storedAs(type), target, USER);
        await deleteObject(request, {
          dryRun: false,
          propagationPolicy: 'Background',
          gracePeriodSeconds: 0,
        });
      }
    }
  }

  #objectsOf(type: ResourceType, namespace: string): readonly ApiObject[] {
    const objects = this.#backend.store.collection(resourceName(type)).list();
    return objects.filter(
      ({ metadata }) =>
        metadata.namespace === namespace && metadata.deletionTimestamp === undefined,
    );
  }

  async #release(name: string): Promise<void> {
    const type = this.#backend.registry.get('', 'namespaces');
    if (type === undefined) return;
    const request = internalRequest(this.#backend, storedAs(type), { name }, USER);
    await updateObject(request, PLAIN_WRITE, current => ({
      object: withValueAt(current, ['spec', 'finalizers'], []) as ApiObject,
    }));
  }
}
