import { SYSTEM_NAMESPACE } from '../../api/names.ts';
import { apiServerCounter, FAIL_OPEN } from './api-server-counter.ts';
import { type CrdServer, startCrdServer } from './crd-server.ts';
import { startWebhooks, type Webhooks } from './webhooks-in-process.ts';

/** What the tests of a suite of webhooks work with. */
export interface WebhookSuite {
  readonly server: CrdServer;
  readonly webhooks: Webhooks;
  /** Webhook calls that failed and were left out before the first test. */
  readonly leftOut: number;
}

/**
 * Gives the suite that calls this a kube-apiserver which calls webhooks, handed over before its first test and stopped
 * after its last. No test meets the answers or the advice of another.
 */
export function provideWebhooks(receive: (suite: WebhookSuite) => void): void {
  let server: CrdServer | undefined;
  let webhooks: Webhooks | undefined;
  before(async () => {
    server = await startCrdServer();
    await server.kubectl(['create', 'namespace', SYSTEM_NAMESPACE]);
    webhooks = await startWebhooks(server.controlPlane);
    await webhooks.armed();
    receive({ server, webhooks, leftOut: await apiServerCounter(server, FAIL_OPEN) });
  });
  after(async () => {
    await webhooks?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    if (webhooks === undefined) return;
    webhooks.advice.lines = [];
    webhooks.answers();
  });
}
