import {
  MUTATING_WEBHOOK_CONFIGURATION,
  SYSTEM_NAMESPACE,
  VALIDATING_WEBHOOK_CONFIGURATION,
  WEBHOOK_CERTIFICATES_SECRET,
  WEBHOOK_SERVICE,
} from '../../api/names.ts';
import {
  IMAGE_PULL_JOBS,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  SECRETS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../api/resources.ts';
import { CertificateKeeper } from '../../certs/certificate-keeper.ts';
import { type Certificates, createCertificates } from '../../certs/certificates.ts';
import type { Lives } from '../../certs/lives.ts';
import { connectKube } from '../../kube/connect-kube.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { loadKubeConfigAccess } from '../../kube/kube-config.ts';
import { webhookConfigurations } from '../../manifests/webhook-configurations.ts';
import { systemClock } from '../../runtime/clock.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { createWebhookServer } from '../../webhook/server.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { FakeAdvice } from '../webhook/fakes.ts';
import type { ControlPlane } from './control-plane.ts';
import { until } from './until.ts';

/** Webhook server and certificates in this process, called by the kube-apiserver of `controlPlane`. */
export interface Webhooks extends AsyncDisposable {
  readonly client: KubeClient;
  readonly advice: FakeAdvice;
  readonly log: RecordingLogger;
  readonly certificates: Certificates;
  /** Answers so far, as `mutate.cloneset.headstart UPDATE patched`, and forgets them. */
  answers(): string[];
  /** Bundles in the two configurations; '' where there is none. */
  caBundles(): Promise<string[]>;
  /** Resolves when both configurations trust what the server serves now, and the API server calls. */
  armed(): Promise<void>;
  /** Ends the server; configurations stay armed. */
  stopServing(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** What the access log says. */
const ANSWERED = 'Admission answered';

const WATCHED = [
  [MUTATING_WEBHOOK_CONFIGURATIONS, MUTATING_WEBHOOK_CONFIGURATION],
  [VALIDATING_WEBHOOK_CONFIGURATIONS, VALIDATING_WEBHOOK_CONFIGURATION],
] as const;

/** Starts everything but the configurations, which the caller applies. */
export async function startWebhooks(
  controlPlane: ControlPlane,
  lives: Lives = { authorityMs: 10 * DAY_MS, servingMs: DAY_MS },
): Promise<Webhooks> {
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
  const shared = { client, clock: systemClock, log, metrics: noMetrics, random: Math.random };
  const abort = new AbortController();
  let serving = (): void => {};
  const endpoint = new Promise<void>(resolve => {
    serving = resolve;
  });
  const keeper = new CertificateKeeper(
    {
      namespace: SYSTEM_NAMESPACE,
      secretName: WEBHOOK_CERTIFICATES_SECRET,
      commonName: WEBHOOK_SERVICE,
      dnsNames: [`${WEBHOOK_SERVICE}.${SYSTEM_NAMESPACE}.svc`],
      ipAddresses: ['127.0.0.1'],
      lives,
    },
    shared,
  );
  const certificates = createCertificates(
    { namespace: SYSTEM_NAMESPACE, name: WEBHOOK_SERVICE },
    keeper,
    { ...shared, endpointReady: () => endpoint },
  );
  const running = certificates.run(abort.signal);
  await certificates.ready();
  const server = createWebhookServer(
    { host: '127.0.0.1', port: 0 },
    { ...shared, advice, tls: certificates },
  );
  await server.start();
  await controlPlane.apply({ apiVersion: 'v1', kind: 'List', items: byUrl(server.port) });
  serving();

  const caBundles = async (): Promise<string[]> => {
    const found = await Promise.all(
      WATCHED.map(([resource, name]) => client.get(resource, { name })),
    );
    return found.flatMap(configuration =>
      (configuration?.webhooks ?? []).map(({ clientConfig }) => clientConfig.caBundle ?? ''),
    );
  };
  const armed = async (): Promise<void> => {
    const bundle = (): string => Buffer.from(certificates.current().caPem).toString('base64');
    await until(async () => (await caBundles()).every(found => found === bundle()), {
      what: 'both configurations to be armed',
    });
    // The API server itself sees a change of a configuration a moment later.
    await until(() => isCalled(client, log), { what: 'the API server to call the webhooks' });
  };
  return {
    client,
    advice,
    log,
    certificates,
    answers: () => {
      const lines = log.lines.splice(0).filter(({ message }) => message === ANSWERED);
      return lines.map(({ fields }) =>
        [fields['webhook'], fields['operation'], fields['result']].join(' '),
      );
    },
    caBundles,
    armed,
    stopServing: () => server.stop(),
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await running;
      await server.stop();
      connection.close();
    },
  };
}

/** True when the dry run of a job reaches both webhooks of its kind. */
async function isCalled(client: KubeClient, log: RecordingLogger): Promise<boolean> {
  const before = log.lines.length;
  const metadata = { name: 'probe', namespace: 'default' };
  const spec = { image: 'nginx', completionPolicy: {} };
  await client.create(IMAGE_PULL_JOBS, { metadata, spec }, { dryRun: true });
  const answers = log.lines.slice(before).filter(({ message }) => message === ANSWERED);
  return answers.length === 2;
}

/** The configurations as installed, but led to this machine: there is no Service network. */
function byUrl(port: number): object[] {
  return webhookConfigurations().map(configuration => {
    const { webhooks } = configuration as unknown as {
      readonly webhooks: readonly {
        readonly clientConfig: { readonly service: { readonly path: string } };
      }[];
    };
    return {
      ...configuration,
      webhooks: webhooks.map(({ clientConfig, ...webhook }) => ({
        ...webhook,
        clientConfig: { url: `https://127.0.0.1:${port}${clientConfig.service.path}` },
      })),
    };
  });
}

/** Takes the Secret away, as somebody does who wants new certificates. */
export function deleteSecret(client: KubeClient): Promise<boolean> {
  return client.delete(SECRETS, { namespace: SYSTEM_NAMESPACE, name: WEBHOOK_CERTIFICATES_SECRET });
}
