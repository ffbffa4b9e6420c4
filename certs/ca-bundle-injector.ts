import {
  MUTATING_WEBHOOK_CONFIGURATION,
  NODE_ISOLATION_WEBHOOK_CONFIGURATION,
  VALIDATING_WEBHOOK_CONFIGURATION,
} from '../api/names.ts';
import type { Resource } from '../api/resource.ts';
import {
  MUTATING_WEBHOOK_CONFIGURATIONS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../api/resources.ts';
import type { WebhookConfiguration } from '../api/webhook-configuration.ts';
import type { ReconcileResult } from '../kube/controller.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { caBundlePatch, isArmed, type ServiceReference } from './ca-bundle-patch.ts';

/** The configurations that are armed, by name; no other is ever written. */
export const OUR_CONFIGURATIONS: ReadonlyMap<string, Resource<WebhookConfiguration>> = new Map([
  [MUTATING_WEBHOOK_CONFIGURATION, MUTATING_WEBHOOK_CONFIGURATIONS],
  [VALIDATING_WEBHOOK_CONFIGURATION, VALIDATING_WEBHOOK_CONFIGURATIONS],
  [NODE_ISOLATION_WEBHOOK_CONFIGURATION, VALIDATING_WEBHOOK_CONFIGURATIONS],
]);

export interface CaBundleInjectorDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** PEM, as it is at this moment; undefined while there is no certificate. */
  readonly caPem: (signal: AbortSignal) => Promise<string | undefined>;
  /** Resolves when the webhook server can be reached: not before that is a webhook armed. */
  readonly endpointReady: (signal: AbortSignal) => Promise<void>;
}

/** Who rewrites our configurations again and again is answered ever later, up to this. */
const MAX_PAUSE_MS = 10_000;
/** After so long without a rewrite the next one is answered at once. */
const PEACE_MS = 60_000;

/** Arms our webhook configurations: the API server calls a webhook once it trusts it. */
export class CaBundleInjector {
  readonly #service: ServiceReference;
  readonly #deps: CaBundleInjectorDeps;
  /** Configuration → when it was armed, on the monotonic clock, and how long to leave it alone then. */
  readonly #armed = new Map<string, { readonly atMs: number; readonly pauseMs: number }>();

  constructor(service: ServiceReference, deps: CaBundleInjectorDeps) {
    this.#service = service;
    this.#deps = deps;
  }

  /** Gives the configuration `name` the bundle it should have. */
  async reconcile(name: string, signal: AbortSignal): Promise<ReconcileResult | undefined> {
    const { client, log, caPem, endpointReady } = this.#deps;
    const resource = OUR_CONFIGURATIONS.get(name);
    if (resource === undefined) return undefined;
    const configuration = await client.get(resource, { name }, { signal });
    if (configuration === undefined) return undefined;
    // After the configuration, never before: what another replica writes in between makes our patch a conflict.
    const bundle = await caPem(signal);
    if (bundle === undefined) return undefined;
    const operations = caBundlePatch(configuration, this.#service, bundle);
    if (operations.length === 0) return undefined;
    const pauseMs = this.#pauseMs(name);
    if (pauseMs > 0) return { requeueAfterMs: pauseMs };
    if (!isArmed(configuration, this.#service)) await endpointReady(signal);
    await client.patch(resource, { name }, { type: 'json', operations }, { signal });
    this.#note(name);
    log.info('Webhook configuration armed', { configuration: name });
    return undefined;
  }

  #pauseMs(name: string): number {
    const last = this.#armed.get(name);
    if (last === undefined) return 0;
    return Math.max(0, last.atMs + last.pauseMs - this.#deps.clock.monotonicMs());
  }

  #note(name: string): void {
    const last = this.#armed.get(name);
    const atMs = this.#deps.clock.monotonicMs();
    const quarrel = last !== undefined && atMs - last.atMs < PEACE_MS;
    const pauseMs = quarrel ? Math.min(MAX_PAUSE_MS, Math.max(100, last.pauseMs * 2)) : 0;
    this.#armed.set(name, { atMs, pauseMs });
  }
}
