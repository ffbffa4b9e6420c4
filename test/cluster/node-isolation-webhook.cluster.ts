import assert from 'node:assert/strict';
import { DAEMON_NAMESPACE, NODE_ISOLATION_WEBHOOK_CONFIGURATION } from '../../api/names.ts';
import { daemonRbac } from '../../manifests/daemon-rbac.ts';
import { namespaces } from '../../manifests/namespaces.ts';
import { nodeIsolationWebhook } from '../../manifests/webhook-configurations.ts';
import { type BoundDaemon, createBoundDaemon, reportStatus } from './bound-daemon.ts';
import { type CrdServer, startCrdServer } from './crd-server.ts';
import { until } from './until.ts';
import { byUrl, startWebhooks, type Webhooks } from './webhooks-in-process.ts';

describe('the opt-in webhook of node isolation on kube-apiserver, without the policy', () => {
  let server: CrdServer;
  let webhooks: Webhooks;
  let daemon: BoundDaemon;

  before(async () => {
    server = await startCrdServer();
    const items = [...namespaces(), ...daemonRbac()];
    await server.controlPlane.apply({ apiVersion: 'v1', kind: 'List', items });
    daemon = await createBoundDaemon(server.controlPlane);
    webhooks = await startWebhooks(server.controlPlane);
    webhooks.podNodes.nodes.set(`${DAEMON_NAMESPACE}/daemon-a/${daemon.podUid}`, 'node-a');
    for (const configuration of byUrl(webhooks.port, [nodeIsolationWebhook()])) {
      await server.controlPlane.apply(configuration);
    }
    await webhooks.armed();
    // Until it is armed and the API server has seen that, calls fail, and with them writes.
    await until(() => report(daemon.token, 'node-a').then(() => true), {
      what: `${NODE_ISOLATION_WEBHOOK_CONFIGURATION} to be armed`,
    });
  });
  after(async () => {
    await webhooks[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const report = (token: string, node: string): Promise<unknown> =>
    reportStatus(server.controlPlane, token, node);

  it('lets a daemon report for the node of its pod, and for no other', async () => {
    await report(daemon.token, 'node-a');
    await assert.rejects(
      report(daemon.token, 'node-b'),
      /its token is bound to a pod on node node-a, not on node-b/,
    );
  });

  it('denies a token that is bound to no pod', () =>
    assert.rejects(report(daemon.unboundToken, 'node-a'), /no pod that is known, not on node-a/));

  it('denies the token of a pod that is not known, or is known by another uid', async () => {
    webhooks.podNodes.nodes.clear();
    webhooks.podNodes.nodes.set(`${DAEMON_NAMESPACE}/daemon-a/another`, 'node-a');
    await assert.rejects(report(daemon.token, 'node-a'), /no pod that is known/);
  });

  it('is asked about daemons only, and fails closed for them alone', async () => {
    await webhooks.stopServing();
    await assert.rejects(report(daemon.token, 'node-a'), /failed calling webhook/);
    await server.patchStatus(['nodeimage', 'node-b'], { desired: 1 });
    await server.patch(['nodeimage', 'node-b'], { metadata: { labels: { a: 'b' } } });
  });
});
