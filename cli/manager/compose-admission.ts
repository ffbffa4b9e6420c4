import { WEBHOOK_CERTIFICATES_SECRET, WEBHOOK_SERVICE } from '../../api/names.ts';
import { CertificateKeeper } from '../../certs/certificate-keeper.ts';
import type { CertificateSource } from '../../certs/certificate-source.ts';
import { createCertificates } from '../../certs/certificates.ts';
import { FileSource } from '../../certs/file-source.ts';
import { createAdvice } from '../../controllers/advice/advice.ts';
import { releaseJobs } from '../../controllers/image-pull-job/release-jobs.ts';
import type { Informers } from '../../controllers/informers.ts';
import { createPodNodes } from '../../controllers/pod-nodes.ts';
import { untilAborted } from '../../runtime/abort.ts';
import type { Runnable } from '../../runtime/lifecycle.ts';
import type { Check } from '../../runtime/probes.ts';
import { createWebhookServer, type TlsSource, type WebhookServer } from '../../webhook/server.ts';
import type { ManagerDeps } from './compose-manager.ts';
import type { ManagerOptions } from './options.ts';
import { Uninstall } from './uninstall.ts';
import { webhookEndpoint } from './webhook-endpoint.ts';

/** The webhook server and what keeps its certificate. */
export interface Admission {
  readonly webhooks: WebhookServer;
  readonly certificates: Runnable;
  /** What the webhooks are served with. */
  readonly tls: TlsSource;
  readonly ready: Readonly<Record<string, Check>>;
}

/** A stopped replica goes on answering this long: until the API server has heard that it is gone. */
const LAME_DUCK_MS = 3000;

/** Wires webhooks and certificates. The webhooks are armed (get their caBundle) once the server answers. */
export function composeAdmission(
  options: ManagerOptions,
  deps: ManagerDeps,
  informers: Informers,
): Admission {
  let answer = (): void => {};
  const answering = new Promise<void>(resolve => {
    answer = resolve;
  });
  const service = { namespace: options.namespace, name: WEBHOOK_SERVICE };
  const endpointReady = async (signal: AbortSignal): Promise<void> => {
    await untilAborted(answering, signal);
    await webhookEndpoint(service, deps, signal);
  };
  const certificates = createCertificates(service, certificateSource(options, deps), {
    ...deps,
    endpointReady,
  });
  const server = createWebhookServer(
    { ...options.webhook, lameDuckMs: options.leaderElect ? LAME_DUCK_MS : 0 },
    {
      ...deps,
      tls: certificates,
      advice: createAdvice(informers, options.gates),
      podNodes: createPodNodes(informers),
    },
  );
  const uninstall = new Uninstall(options.namespace, deps);
  const webhooks: WebhookServer = {
    start: async () => {
      await uninstall.observe();
      await server.start();
      answer();
    },
    stop: async () => {
      await uninstall.whenUnderWay(async signal => {
        await certificates.disarm(signal);
        await releaseJobs(informers, deps, signal);
      });
      await server.stop();
    },
    get port() {
      return server.port;
    },
  };
  return {
    webhooks,
    tls: certificates,
    certificates: {
      name: 'certificates',
      run: signal => certificates.run(signal),
      started: signal => certificates.ready(signal),
    },
    ready: {
      webhooks: () => (server.port === 0 ? 'not listening yet' : certificates.distrust()),
    },
  };
}

function certificateSource(options: ManagerOptions, deps: ManagerDeps): CertificateSource {
  const { namespace, certificates } = options;
  if (certificates.folder !== undefined) return new FileSource(certificates.folder, deps);
  const names = {
    commonName: WEBHOOK_SERVICE,
    dnsNames: [`${WEBHOOK_SERVICE}.${namespace}.svc`],
    ipAddresses: [],
  };
  const { lives } = certificates;
  return new CertificateKeeper(
    { namespace, secretName: WEBHOOK_CERTIFICATES_SECRET, lives, ...names },
    deps,
  );
}
