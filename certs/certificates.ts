import type { ObjectKey } from '../api/meta.ts';
import type { Controller } from '../kube/controller.ts';
import { createController } from '../kube/create-controller.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Clock } from '../runtime/clock.ts';
import { HeadstartError } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { CaBundleInjector, OUR_CONFIGURATIONS } from './ca-bundle-injector.ts';
import type { ServiceReference } from './ca-bundle-patch.ts';
import type { CertificateSource } from './certificate-source.ts';
import { ConfigurationWatch } from './configuration-watch.ts';
import { disarm } from './disarm.ts';
import { MaterialHolder, type ServingMaterial } from './serving-material.ts';

export interface CertificatesDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly random: () => number;
  /** Resolves when the API server can reach the webhook server; only then are the webhooks armed. */
  readonly endpointReady: (signal: AbortSignal) => Promise<void>;
}

/** Certificates of the webhook server: renewed in time, trusted by our webhook configurations before they are served. */
export interface Certificates {
  /** Keeps certificates and configurations until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when there is a certificate. */
  ready(signal?: AbortSignal): Promise<void>;
  /** Throws CERT_INVALID before there is a certificate. */
  current(): ServingMaterial;
  /** Calls `listener` after each change of `current`; the result takes it away again. */
  onChange(listener: () => void): () => void;
  /** Why the API server would not trust this replica; undefined when it does, or calls nobody yet. */
  distrust(): string | undefined;
  /** Takes the trust away again: the API server goes on without the webhooks. */
  disarm(signal: AbortSignal): Promise<void>;
}

/** Makes the certificates of `service`; nothing is read before `run`. */
export function createCertificates(
  service: ServiceReference,
  source: CertificateSource,
  deps: CertificatesDeps,
): Certificates {
  const holder = new MaterialHolder(deps);
  const watch = new ConfigurationWatch(OUR_CONFIGURATIONS, service, deps);
  const injector = new CaBundleInjector(service, {
    ...deps,
    caPem: stop => source.trustedBundle(stop),
  });
  const injecting = createController(
    { name: 'ca-bundle', workers: OUR_CONFIGURATIONS.size },
    { ...deps, reconcile: (name, signal) => injector.reconcile(name, signal) },
  );
  const keeping = keepingController(source, { ...deps, watch, holder, injecting });
  watch.onChange(name => injecting.enqueue(name));
  return {
    run: async signal => {
      keeping.enqueue('certificate');
      await Promise.all([keeping.run(signal), injecting.run(signal), watch.run(signal)]);
    },
    ready: signal => holder.filled(signal),
    current: () => {
      const material = holder.get();
      if (material !== undefined) return material;
      throw new HeadstartError('CERT_INVALID', 'there is no serving certificate yet');
    },
    onChange: listener => holder.onChange(listener),
    distrust: () => {
      const issuer = holder.get()?.issuerPem;
      return issuer === undefined ? undefined : watch.distrustOf(issuer);
    },
    disarm: signal => disarm(service, deps, signal),
  };
}

interface KeepingDeps extends CertificatesDeps {
  readonly watch: ConfigurationWatch;
  readonly holder: MaterialHolder;
  readonly injecting: Controller;
}

/** Takes from the source what is to be served, and serves it once it is trusted. */
function keepingController(source: CertificateSource, deps: KeepingDeps): Controller {
  const { watch, holder, injecting } = deps;
  let bundle = '';
  const reconcile = async (_key: ObjectKey, signal: AbortSignal) => {
    const { material, settleMs, lookAgainMs } = await source.refresh(watch, signal);
    if (material === undefined) return { requeueAfterMs: lookAgainMs };
    if (material.caPem !== bundle) {
      bundle = material.caPem;
      for (const name of OUR_CONFIGURATIONS.keys()) injecting.enqueue(name);
    }
    const { issuerPem } = material;
    const trusted = issuerPem === undefined || watch.trustedForMs(issuerPem) >= settleMs;
    // Before the first one there is nothing better to serve.
    if (trusted || holder.get() === undefined) holder.set(material);
    return { requeueAfterMs: lookAgainMs };
  };
  return createController({ name: 'certificates', workers: 1 }, { ...deps, reconcile });
}
