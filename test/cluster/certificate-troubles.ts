import assert from 'node:assert/strict';
import {
  MUTATING_WEBHOOK_CONFIGURATION,
  SYSTEM_NAMESPACE,
  VALIDATING_WEBHOOK_CONFIGURATION,
  WEBHOOK_CERTIFICATES_SECRET,
} from '../../api/names.ts';
import {
  MUTATING_WEBHOOK_CONFIGURATIONS,
  SECRETS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../api/resources.ts';
import type { WebhookConfiguration } from '../../api/webhook-configuration.ts';
import { inspectSecret } from '../../certs/inspect.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { isConflict } from '../../kube/kube-error.ts';
import { sleep } from './until.ts';
import { deleteSecret } from './webhooks-in-process.ts';

/** Something that a person or a tool does to the Secret of the certificates. */
export interface CertificateTrouble {
  /** Completes "is …". */
  readonly name: string;
  readonly make: (client: KubeClient) => Promise<unknown>;
}

const SECRET = { namespace: SYSTEM_NAMESPACE, name: WEBHOOK_CERTIFICATES_SECRET };

const write = (client: KubeClient, data: Readonly<Record<string, string>>) =>
  client.patch(SECRETS, SECRET, { type: 'merge', body: { data } });

const read = async (client: KubeClient): Promise<Readonly<Record<string, string>>> =>
  (await client.get(SECRETS, SECRET))?.data ?? {};

/** All that was thought of. */
export const CERTIFICATE_TROUBLES: readonly CertificateTrouble[] = [
  { name: 'deleted', make: deleteSecret },
  {
    name: 'emptied',
    make: async client => {
      const keys = Object.keys(await read(client));
      return write(client, Object.fromEntries(keys.map(key => [key, ''])));
    },
  },
  {
    name: 'corrupted',
    make: client => {
      const nonsense = Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA').toString('base64');
      return write(
        client,
        Object.fromEntries(['ca.crt', 'tls.crt', 'tls.key'].map(key => [key, nonsense])),
      );
    },
  },
  {
    name: 'edited by hand, so that key and certificate do not belong together',
    make: async client => {
      const { 'ca.key': caKey = '' } = await read(client);
      return write(client, { 'tls.key': caKey });
    },
  },
];

/** True when the Secret serves again. */
export async function isMended(client: KubeClient): Promise<boolean> {
  const names = { dnsNames: [], ipAddresses: ['127.0.0.1'] };
  const { authority, serving } = inspectSecret(await client.get(SECRETS, SECRET), names);
  return authority.usable && serving.usable;
}

/** Somebody who keeps writing our configurations. */
export interface ConfigurationEditor {
  stop(): Promise<void>;
  /** Fails unless all that he wrote stands there. */
  assertAllThere(): Promise<void>;
}

const LABEL = 'example.com/edited';
const SELECTOR = { matchExpressions: [{ key: 'example.com/skip', operator: 'DoesNotExist' }] };
const FOREIGN = {
  name: 'foreign.example.com',
  clientConfig: { service: { namespace: 'default', name: 'foreign', path: '/', port: 443 } },
  rules: [
    { apiGroups: ['example.com'], apiVersions: ['*'], resources: ['things'], operations: ['*'] },
  ],
  failurePolicy: 'Ignore',
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};
const CONFIGURATIONS = [
  [MUTATING_WEBHOOK_CONFIGURATIONS, MUTATING_WEBHOOK_CONFIGURATION],
  [VALIDATING_WEBHOOK_CONFIGURATIONS, VALIDATING_WEBHOOK_CONFIGURATION],
] as const;
type Configuration = (typeof CONFIGURATIONS)[number];

/** Writes a label, a selector and a webhook of its own into both configurations, and then both as they are, ten times a second. */
export async function startEditingConfigurations(client: KubeClient): Promise<ConfigurationEditor> {
  let writes = 0;
  let stopped = false;
  const edit = async ([resource, name]: Configuration): Promise<void> => {
    const found = await client.get(resource, { name });
    assert.ok(found !== undefined);
    if (await rewrite(client, [resource, name], found, ++writes)) return;
    await edit([resource, name]);
  };
  for (const configuration of CONFIGURATIONS) await edit(configuration);
  const running = (async () => {
    while (!stopped) {
      for (const configuration of CONFIGURATIONS) await edit(configuration);
      await sleep(100);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await running;
    },
    assertAllThere: async () => {
      assert.ok(writes > 10, `${writes} writes`);
      for (const [resource, name] of CONFIGURATIONS) {
        const found = await client.get(resource, { name });
        const own = found?.webhooks?.filter(webhook => webhook.name !== FOREIGN.name) ?? [];
        assert.ok(Number(found?.metadata.labels?.[LABEL]) > 0);
        assert.ok(own.every(webhook => JSON.stringify(webhook).includes('example.com/skip')));
        const foreign = found?.webhooks?.find(webhook => webhook.name === FOREIGN.name);
        assert.deepEqual(foreign?.clientConfig, FOREIGN.clientConfig);
      }
    },
  };
}

/** False when somebody else wrote in between. */
async function rewrite(
  client: KubeClient,
  [resource, name]: Configuration,
  found: WebhookConfiguration,
  count: number,
): Promise<boolean> {
  const { labels = {}, resourceVersion } = found.metadata;
  const own = (found.webhooks ?? []).filter(webhook => webhook.name !== FOREIGN.name);
  const webhooks = [...own.map(webhook => ({ ...webhook, objectSelector: SELECTOR })), FOREIGN];
  const metadata = { labels: { ...labels, [LABEL]: String(count) }, resourceVersion };
  try {
    await client.patch(resource, { name }, { type: 'merge', body: { metadata, webhooks } });
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}
