import {
  MUTATING_WEBHOOK_CONFIGURATION,
  SYSTEM_NAMESPACE,
  VALIDATING_WEBHOOK_CONFIGURATION,
  WEBHOOK_CERTIFICATES_SECRET,
} from '../../api/names.ts';
import {
  IMAGE_PULL_JOBS,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  SECRETS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../api/resources.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { webhookConfigurations } from '../../manifests/webhook-configurations.ts';
import type { RecordingLogger } from '../support/recording-logger.ts';
import type { ControlPlane } from './control-plane.ts';
import { until } from './until.ts';
import { startWebhookReplica, type WebhookReplica } from './webhook-replica.ts';

/** A replica that the kube-apiserver of a control plane calls. */
export interface Webhooks extends Omit<WebhookReplica, 'reachable'> {
  /** Answers so far, as `mutate.cloneset.headstart UPDATE patched`, and forgets them. */
  answers(): string[];
  /** Bundles in the two configurations; '' where there is none. */
  caBundles(): Promise<string[]>;
  /** Resolves when both configurations trust what the server serves now, and the API server calls. */
  armed(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** What the access log says. */
const ANSWERED = 'Admission answered';

const WATCHED = [
  [MUTATING_WEBHOOK_CONFIGURATIONS, MUTATING_WEBHOOK_CONFIGURATION],
  [VALIDATING_WEBHOOK_CONFIGURATIONS, VALIDATING_WEBHOOK_CONFIGURATION],
] as const;

/** Starts a replica and applies the webhook configurations, led to it. */
export async function startWebhooks(controlPlane: ControlPlane): Promise<Webhooks> {
  const lives = { authorityMs: 10 * DAY_MS, servingMs: DAY_MS };
  const replica = await startWebhookReplica(controlPlane, { lives });
  await controlPlane.apply({ apiVersion: 'v1', kind: 'List', items: byUrl(replica.port) });
  replica.reachable();
  const { client, log, certificates } = replica;
  const caBundles = async (): Promise<string[]> => {
    const found = await Promise.all(
      WATCHED.map(([resource, name]) => client.get(resource, { name })),
    );
    return found.flatMap(configuration =>
      (configuration?.webhooks ?? []).map(({ clientConfig }) => clientConfig.caBundle ?? ''),
    );
  };
  return {
    ...replica,
    answers: () => {
      const lines = log.lines.splice(0).filter(({ message }) => message === ANSWERED);
      return lines.map(({ fields }) =>
        [fields['webhook'], fields['operation'], fields['result']].join(' '),
      );
    },
    caBundles,
    armed: async () => {
      const bundle = (): string => Buffer.from(certificates.current().caPem).toString('base64');
      await until(async () => (await caBundles()).every(found => found === bundle()), {
        what: 'both configurations to be armed',
      });
      // The API server itself sees a change of a configuration a moment later.
      await until(() => isCalled(client, [log]), { what: 'the API server to call the webhooks' });
    },
  };
}

/** True when the dry run of a job reaches both webhooks of its kind, in whichever replica. */
export async function isCalled(
  client: KubeClient,
  logs: readonly RecordingLogger[],
): Promise<boolean> {
  const answers = (): number =>
    logs.flatMap(log => log.lines).filter(({ message }) => message === ANSWERED).length;
  const before = answers();
  const metadata = { name: 'probe', namespace: 'default' };
  const spec = { image: 'nginx', completionPolicy: {} };
  await client.create(IMAGE_PULL_JOBS, { metadata, spec }, { dryRun: true });
  return answers() - before === 2;
}

/** The configurations as installed, but led to this machine: there is no Service network. */
export function byUrl(
  port: number,
  configurations: readonly Manifest[] = webhookConfigurations(),
): object[] {
  return configurations.map(configuration => {
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
