import assert from 'node:assert/strict';
import type { WebhookClientConfig, WebhookConfiguration } from '../../api/webhook-configuration.ts';
import { caBundlePatch } from '../../certs/ca-bundle-patch.ts';

const service = { namespace: 'headstart-system', name: 'headstart-webhook' };
const bundle = Buffer.from('PEM').toString('base64');

const configuration = (...clients: WebhookClientConfig[]): WebhookConfiguration => ({
  metadata: { name: 'headstart-mutating', resourceVersion: '7' },
  webhooks: clients.map((clientConfig, i) => ({ name: `w${i}.kind.headstart`, clientConfig })),
});
const paths = (...clients: WebhookClientConfig[]): string[] =>
  caBundlePatch(configuration(...clients), service, 'PEM').map(({ path }) => path);

describe('caBundlePatch', () => {
  it('sets one member of each webhook that lacks the bundle, under the version that was read', () => {
    const operations = caBundlePatch(
      configuration({ service }, { service, caBundle: bundle }, { service, caBundle: 'b2xk' }),
      service,
      'PEM',
    );
    assert.deepEqual(operations, [
      { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
      { op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: bundle },
      { op: 'add', path: '/webhooks/2/clientConfig/caBundle', value: bundle },
    ]);
  });

  it('is empty when every webhook has the bundle', () => {
    assert.deepEqual(
      paths({ service, caBundle: bundle }, { url: 'https://a', caBundle: bundle }),
      [],
    );
  });

  it('sets the bundle again where somebody cleared it', () => {
    assert.equal(paths({ service, caBundle: '' }).length, 2);
  });

  it('trusts webhooks behind a URL, as when the manager runs outside the cluster', () => {
    assert.equal(paths({ url: 'https://127.0.0.1:9443/x' }).length, 2);
  });

  it('leaves webhooks of other Services alone, also inside our configuration', () => {
    assert.deepEqual(paths({ service: { ...service, name: 'other' } }), []);
    assert.deepEqual(paths({ service: { ...service, namespace: 'other' } }), []);
  });

  it('leaves webhooks of others behind a URL alone, also inside our configuration', () => {
    const foreign = {
      name: 'audit.example.org',
      clientConfig: { url: 'https://audit.example.org' },
    };
    const configuration = { metadata: { name: 'headstart-mutating' }, webhooks: [foreign] };
    assert.deepEqual(caBundlePatch(configuration, service, 'PEM'), []);
  });

  it('has nothing to do for a configuration without webhooks', () => {
    assert.deepEqual(caBundlePatch({ metadata: { name: 'x' } }, service, 'PEM'), []);
  });
});
