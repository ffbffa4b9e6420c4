import { SYSTEM_NAMESPACE, WEBHOOK_CERTIFICATES_SECRET, WEBHOOK_SERVICE } from '../../api/names.ts';
import { CertificateKeeper } from '../../certs/certificate-keeper.ts';
import { type Certificates, createCertificates } from '../../certs/certificates.ts';
import type { Lives } from '../../certs/lives.ts';
import { connectKube } from '../../kube/connect-kube.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { loadKubeConfigAccess } from '../../kube/kube-config.ts';
import { systemClock } from '../../runtime/clock.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { createWebhookServer } from '../../webhook/server.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { FakeAdvice, FakePodNodes } from '../webhook/fakes.ts';
import type { ControlPlane } from './control-plane.ts';

/** Webhook server and certificates in this process, as one replica of the manager has them. */
export interface WebhookReplica extends AsyncDisposable {
  readonly client: KubeClient;
  readonly advice: FakeAdvice;
  readonly podNodes: FakePodNodes;
  readonly log: RecordingLogger;
  readonly certificates: Certificates;
  readonly port: number;
  /** Lets the replica arm the configurations. */
  reachable(): void;
  /** Ends the server as a replica does that is replaced; certificates are still kept. */
  stopServing(): Promise<void>;
}

/** Starts a replica that serves on a free port of 127.0.0.1. */
export async function startWebhookReplica(
  controlPlane: ControlPlane,
  options: { readonly lives: Lives; readonly lameDuckMs?: number },
): Promise<WebhookReplica> {
  const access = await loadKubeConfigAccess(
    { path: controlPlane.kubeconfigPath },
    { clock: systemClock },
  );
  const connection = connectKube(
    { access, userAgent: 'headstart-test', fieldManager: 'headstart-manager' },
    { clock: systemClock, random: Math.random },
  );
  const { client } = connection;
  const log = new RecordingLogger();
  const advice = new FakeAdvice();
  const podNodes = new FakePodNodes();
  const deps = { client, clock: systemClock, log, metrics: noMetrics, random: Math.random };
  const abort = new AbortController();
  let reachable = (): void => {};
  const endpoint = new Promise<void>(resolve => {
    reachable = resolve;
  });
  const service = { namespace: SYSTEM_NAMESPACE, name: WEBHOOK_SERVICE };
  const names = {
    commonName: WEBHOOK_SERVICE,
    dnsNames: [`${WEBHOOK_SERVICE}.${SYSTEM_NAMESPACE}.svc`],
    ipAddresses: ['127.0.0.1'],
  };
  const secret = { namespace: SYSTEM_NAMESPACE, secretName: WEBHOOK_CERTIFICATES_SECRET };
  const keeper = new CertificateKeeper({ ...secret, ...names, lives: options.lives }, deps);
  const certificates = createCertificates(service, keeper, {
    ...deps,
    endpointReady: () => endpoint,
  });
  const running = certificates.run(abort.signal);
  await certificates.ready();
  const { lameDuckMs = 0 } = options;
  const server = createWebhookServer(
    { host: '127.0.0.1', port: 0, lameDuckMs },
    { ...deps, advice, podNodes, tls: certificates },
  );
  await server.start();
  return {
    client,
    advice,
    podNodes,
    log,
    certificates,
    port: server.port,
    reachable: () => reachable(),
    stopServing: () => server.stop(),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      abort.abort();
      await running;
      connection.close();
    },
  };
}
