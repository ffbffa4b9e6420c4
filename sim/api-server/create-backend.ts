import type { KubeObject } from '../../api/meta.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { createAdmission } from './admission/admission.ts';
import type { WebhookClient } from './admission/webhook-client.ts';
import type { Backend } from './backend.ts';
import { serveDefinitions } from './lifecycle/definitions.ts';
import { BUILT_IN_RESOURCES } from './registry/built-in-resources.ts';
import { Registry } from './registry/registry.ts';
import { seedObjects } from './seed-objects.ts';
import { Store } from './store/store.ts';

export interface BackendOptions {
  /** Stored at once, in this order, after the namespaces that every cluster has. */
  readonly objects: readonly KubeObject[];
  /** Changes of each resource that watches can go back. Default 10,000. */
  readonly watchWindow?: number;
  /** Whether to take writes as they are: unchecked, without defaults and owners of fields. For clients of our own that are many. Default false. */
  readonly isTrusting?: boolean;
}

export interface BackendDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly uuid: () => string;
  readonly webhooks: WebhookClient;
}

const DEFAULT_WATCH_WINDOW = 10_000;

/** What an API server is behind its door: a store, the kinds in it, and admission. */
export async function createBackend(
  { objects, watchWindow = DEFAULT_WATCH_WINDOW, isTrusting = false }: BackendOptions,
  { webhooks, ...deps }: BackendDeps,
  prepare: (backend: Backend) => void = () => {},
): Promise<Backend> {
  const store = new Store(watchWindow);
  const admission = createAdmission({ ...deps, store, client: webhooks });
  const registry = new Registry(BUILT_IN_RESOURCES);
  const backend: Backend = { ...deps, store, registry, admission, isTrusting };
  serveDefinitions(backend);
  prepare(backend);
  await seedObjects(backend, objects);
  return backend;
}
