import { WEBHOOK_CERTIFICATES_SECRET, WEBHOOK_SERVICE } from '../../api/names.ts';
import { createCertificates } from '../../certs/certificates.ts';
import { createAdvice } from '../../controllers/advice/advice.ts';
import type { Informers } from '../../controllers/informers.ts';
import { untilAborted } from '../../runtime/abort.ts';
import type { Runnable } from '../../runtime/lifecycle.ts';
import type { Check } from '../../runtime/probes.ts';
import { createWebhookServer, type WebhookServer } from '../../webhook/server.ts';
import type { ManagerDeps } from './compose-manager.ts';
import type { ManagerOptions } from './options.ts';

/** The webhook server and what keeps its certificate. */
export interface Admission {
  readonly webhooks: WebhookServer;
  readonly certificates: Runnable;
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
  const certificates = createCertificates(
    {
      namespace: options.namespace,
      secretName: WEBHOOK_CERTIFICATES_SECRET,
      serviceName: WEBHOOK_SERVICE,
    },
    { ...deps, endpointReady: signal => untilAborted(answering, signal) },
  );
  const predownloadEnabled = options.gates.PreDownloadImageForInPlaceUpdate;
  const server = createWebhookServer(
    { ...options.webhook, lameDuckMs: options.leaderElect ? LAME_DUCK_MS : 0 },
    { ...deps, tls: certificates, advice: createAdvice(informers, { predownloadEnabled }) },
  );
  const webhooks: WebhookServer = {
    start: async () => {
      await server.start();
      answer();
    },
    stop: () => server.stop(),
    get port() {
      return server.port;
    },
  };
  return {
    webhooks,
    certificates: {
      name: 'certificates',
      run: signal => certificates.run(signal),
      started: signal => certificates.ready(signal),
    },
    ready: { webhooks: () => (server.port === 0 ? 'not listening yet' : undefined) },
  };
}
