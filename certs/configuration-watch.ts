import { X509Certificate } from 'node:crypto';
import type { Resource } from '../api/resource.ts';
import type { WebhookConfiguration } from '../api/webhook-configuration.ts';
import { createInformer } from '../kube/create-informer.ts';
import type { Informer } from '../kube/informer.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { isOurs, type ServiceReference } from './ca-bundle-patch.ts';
import { splitBundle } from './certificate-set.ts';

export interface ConfigurationWatchDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly random: () => number;
}

/** Our webhook configurations as the API server has them: whom they trust, and for how long they have. */
export class ConfigurationWatch {
  readonly #service: ServiceReference;
  readonly #clock: Clock;
  readonly #informers: ReadonlyMap<string, Informer<WebhookConfiguration>>;
  /** Authority (PEM) that every armed webhook trusts → since when, on the monotonic clock. */
  #trustedSince: ReadonlyMap<string, number> = new Map();

  constructor(
    configurations: ReadonlyMap<string, Resource<WebhookConfiguration>>,
    service: ServiceReference,
    deps: ConfigurationWatchDeps,
  ) {
    this.#service = service;
    this.#clock = deps.clock;
    this.#informers = new Map(
      [...configurations].map(([name, resource]) => [
        name,
        createInformer({ resource, fieldSelector: `metadata.name=${name}` }, deps),
      ]),
    );
    for (const informer of this.#informers.values()) informer.onChange(() => this.#recount());
  }

  /** Calls `listener` with the name of a configuration that came or changed. */
  onChange(listener: (name: string) => void): void {
    for (const [name, informer] of this.#informers) informer.onChange(() => listener(name));
  }

  /** Follows the configurations until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#informers.values()].map(informer => informer.run(signal)));
  }

  /** How long every armed webhook has trusted `authority` (PEM); for ever when none is armed, 0 when one does not. */
  trustedForMs(authority: string): number {
    if (![...this.#informers.values()].every(informer => informer.hasSynced)) return 0;
    if (this.#bundles().length === 0) return Number.POSITIVE_INFINITY;
    const since = this.#trustedSince.get(authority.trim());
    return since === undefined ? 0 : this.#clock.monotonicMs() - since;
  }

  /** Why the API server would turn its back on what `authority` signed; undefined when it would not. */
  distrustOf(authority: string): string | undefined {
    const distrusts = this.#bundles().some(bundle => !bundle.includes(authority.trim()));
    return distrusts ? 'a webhook configuration does not trust the certificate yet' : undefined;
  }

  /** Every authority (PEM) that an armed webhook trusts and that is valid at `now`, each once. */
  authorities(now: number): readonly string[] {
    return [...new Set(this.#bundles().flat())].filter(pem => isAuthority(pem, now));
  }

  /** The authorities of each armed webhook. */
  #bundles(): readonly (readonly string[])[] {
    return [...this.#informers.values()]
      .flatMap(informer => [...informer.list()])
      .flatMap(({ webhooks = [] }) => webhooks)
      .filter(webhook => isOurs(webhook, this.#service))
      .flatMap(({ clientConfig: { caBundle } }) =>
        caBundle === undefined || caBundle === '' ? [] : [splitBundle(decoded(caBundle))],
      );
  }

  #recount(): void {
    const [first = [], ...others] = this.#bundles();
    const everywhere = first.filter(pem => others.every(bundle => bundle.includes(pem)));
    const before = this.#trustedSince;
    const now = this.#clock.monotonicMs();
    this.#trustedSince = new Map(everywhere.map(pem => [pem, before.get(pem) ?? now]));
  }
}

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString();

function isAuthority(pem: string, now: number): boolean {
  try {
    const certificate = new X509Certificate(pem);
    return certificate.ca && Date.parse(certificate.validTo) > now;
  } catch {
    return false; // Somebody else's bundle may hold anything.
  }
}
