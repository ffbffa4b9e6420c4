import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { connect } from '../../cli/kube-access.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { testCertificates } from '../support/test-certificates.ts';
import { type CrdServer, startCrdServer } from './crd-server.ts';
import { openPage, startBrowser, untilLive, WIDE } from './dashboard/browser.ts';
import {
  type BuiltPage,
  buildPage,
  type ServedDashboard,
  serveDashboard,
} from './dashboard/serve.ts';

const NAMESPACE = 'headstart-system';

describe('access to the dashboard on kube-apiserver', () => {
  let server: CrdServer;
  let browser: Browser;
  let built: BuiltPage;
  let dashboard: ServedDashboard;
  let close: () => void;

  before(async () => {
    [server, browser, built] = await Promise.all([startCrdServer(), startBrowser(), buildPage()]);
    await server.kubectl(['create', 'namespace', NAMESPACE]);
    for (const name of ['headstart-manager', 'ann', 'bob']) {
      await server.kubectl(['create', 'serviceaccount', name, '-n', NAMESPACE]);
    }
    await server.kubectl(['apply', '-f', '-'], { input: await rightsOfTheGuide() });
    await bind('headstart-dashboard', 'ann');
    // What the manager's own role allows, as far as its caches need it.
    await server.kubectl([
      'create',
      'clusterrole',
      'reader',
      '--verb=list,watch',
      '--resource=*.*',
    ]);
    await bind('reader', 'headstart-manager');
    await server.create({
      apiVersion: 'apps.kruise.io/v1beta1',
      kind: 'NodeImage',
      metadata: { name: 'node-1' },
      spec: {},
    });
    const kubeconfig = await server.controlPlane.serviceAccountKubeconfig(
      NAMESPACE,
      'headstart-manager',
    );
    const connection = await connect(
      { kubeconfig },
      { fieldManager: 'headstart-manager' },
      { metrics: noMetrics },
    );
    close = () => connection[Symbol.dispose]();
    const { first } = await testCertificates();
    const tls = { current: () => first, onChange: () => () => {} };
    dashboard = await serveDashboard(connection.client, {
      page: built.folder,
      host: '0.0.0.0',
      tls,
    });
  });
  after(async () => {
    await dashboard[Symbol.asyncDispose]();
    close();
    await Promise.all([browser.close(), built[Symbol.asyncDispose]()]);
    await server[Symbol.asyncDispose]();
  });

  const bind = (role: string, user: string): Promise<string> =>
    server.kubectl([
      'create',
      'clusterrolebinding',
      `${role}-${user}`,
      `--clusterrole=${role}`,
      `--serviceaccount=${NAMESPACE}:${user}`,
    ]);
  const url = (): string => `https://127.0.0.1:${dashboard.port}/`;

  it('is had with the rights of the guide, and asks everybody else for a token', async () => {
    const { page } = await openPage(browser, WIDE, { ignoreHTTPSErrors: true });
    await page.goto(url());
    await page.getByText('a token is needed').waitFor();
    assert.equal(await page.locator('canvas').count(), 0);
    const show = async (token: string): Promise<void> => {
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Look' }).click();
    };
    await show('nonsense');
    await page.getByText('the API server does not know this token').waitFor();
    await show(await server.controlPlane.createToken(NAMESPACE, 'bob'));
    await page.getByText(`${NAMESPACE}:bob may not get /headstart/dashboard`).waitFor();
    await show(await server.controlPlane.createToken(NAMESPACE, 'ann'));
    await untilLive(page);
    await page.getByText('unavailable 1').waitFor();
    await page.close();
  });
});

/** The manifest in the guide, as people apply it. */
async function rightsOfTheGuide(): Promise<string> {
  const guide = await readFile('docs/guides/dashboard.md', 'utf8');
  return /```yaml\n([\s\S]+?)```/.exec(guide)?.[1] ?? '';
}
