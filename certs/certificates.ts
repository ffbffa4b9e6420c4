import type { ObjectKey } from '../api/meta.ts';
import type { Controller } from '../kube/controller.ts';
import { createController } from '../kube/create-controller.ts';
import { createInformer } from '../kube/create-informer.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Clock } from '../runtime/clock.ts';
import { HeadstartError } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { createCaBundleInjector, OUR_CONFIGURATIONS } from './ca-bundle-injector.ts';
import { CertificateKeeper } from './certificate-keeper.ts';
import { bundleOf, type CertificateSet } from './certificate-set.ts';
import { MaterialHolder, type ServingMaterial } from './serving-material.ts';

export interface CertificatesOptions {
  readonly namespace: string;
  readonly secretName: string;
  /** The Service before the webhook server, in the same namespace. */
  readonly serviceName: string;
  /** Names of the server besides `<service>.<namespace>.svc`. */
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

export interface CertificatesDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly random: () => number;
  /** Resolves when the webhook server answers; only then are the webhooks armed. */
  readonly endpointReady: (signal: AbortSignal) => Promise<void>;
}

/** Certificates of the webhook server: kept in a Secret that replicas share, renewed in time, trusted by our webhook configurations. */
export interface Certificates {
  /** Keeps the Secret and the configurations until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when there is a certificate. */
  ready(signal?: AbortSignal): Promise<void>;
  /** Throws CERT_INVALID before there is a certificate. */
  current(): ServingMaterial;
  /** Calls `listener` after each change of `current`; the result takes it away again. */
  onChange(listener: () => void): () => void;
}

/** Makes the certificates; nothing is read before `run`. */
export function createCertificates(
  options: CertificatesOptions,
  deps: CertificatesDeps,
): Certificates {
  const holder = new MaterialHolder(deps);
  const keeping = keepingController(options, deps, holder);
  const injecting = injectingController(options, deps, holder);
  holder.onChange(() => {
    for (const name of OUR_CONFIGURATIONS.keys()) injecting.enqueue(name);
  });
  return {
    run: async signal => {
      keeping.enqueue(options.secretName);
      await Promise.all([
        keeping.run(signal),
        injecting.run(signal),
        ...watchConfigurations(name => injecting.enqueue(name), deps, signal),
      ]);
    },
    ready: signal => holder.filled(signal),
    current: () => {
      const material = holder.get();
      if (material !== undefined) return material;
      throw new HeadstartError('CERT_INVALID', 'there is no serving certificate yet');
    },
    onChange: listener => holder.onChange(listener),
  };
}

function keepingController(
  { namespace, secretName, serviceName, dnsNames = [], ipAddresses = [] }: CertificatesOptions,
  deps: CertificatesDeps,
  holder: MaterialHolder,
): Controller {
  const names = { dnsNames: [`${serviceName}.${namespace}.svc`, ...dnsNames], ipAddresses };
  const publish = ({ serving, trusted }: CertificateSet): void =>
    holder.set({ ...serving, caPem: bundleOf(trusted) });
  const keeper = new CertificateKeeper(
    { namespace, secretName, commonName: serviceName, ...names },
    { ...deps, publish },
  );
  const reconcile = (_key: ObjectKey, signal: AbortSignal) => keeper.reconcile(signal);
  return createController({ name: 'certificates', workers: 1 }, { ...deps, reconcile });
}

function injectingController(
  { namespace, serviceName }: CertificatesOptions,
  deps: CertificatesDeps,
  holder: MaterialHolder,
): Controller {
  const reconcile = createCaBundleInjector(
    { namespace, name: serviceName },
    { ...deps, caPem: () => holder.get()?.caPem },
  );
  return createController(
    { name: 'ca-bundle', workers: OUR_CONFIGURATIONS.size },
    { ...deps, reconcile },
  );
}

/** A configuration that appears, or loses its bundle, is looked at at once. */
function watchConfigurations(
  enqueue: (name: string) => void,
  deps: CertificatesDeps,
  signal: AbortSignal,
): Promise<void>[] {
  return [...OUR_CONFIGURATIONS].map(([name, resource]) => {
    const informer = createInformer({ resource, fieldSelector: `metadata.name=${name}` }, deps);
    informer.onChange(() => enqueue(name));
    return informer.run(signal);
  });
}
