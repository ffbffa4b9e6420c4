import assert from 'node:assert/strict';
import type { KubeObject } from '../../../api/meta.ts';
import { resource } from '../../../api/resource.ts';
import { webhookEndpoint } from '../../../cli/manager/webhook-endpoint.ts';
import { settle } from '../../support/fake-clock.ts';
import { FakeKube } from '../../support/fake-kube.ts';

const SERVICE = { namespace: 'headstart-system', name: 'headstart-webhook' };
const SERVICES = resource({
  group: '',
  version: 'v1',
  plural: 'services',
  kind: 'Service',
  namespaced: true,
});
const SLICES = resource<KubeObject & { readonly endpoints?: unknown }>({
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  kind: 'EndpointSlice',
  namespaced: true,
});

describe('webhookEndpoint', () => {
  const signal = new AbortController().signal;
  let kube: FakeKube;
  beforeEach(() => {
    kube = new FakeKube();
  });

  const waiting = () => {
    let done = false;
    const end = webhookEndpoint(SERVICE, { client: kube, clock: kube.clock }, signal);
    void end.then(() => {
      done = true;
    });
    return () => done;
  };
  const endpoint = (service: string, ready: boolean) => ({
    metadata: {
      name: service,
      namespace: SERVICE.namespace,
      labels: { 'kubernetes.io/service-name': service },
    },
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
  });

  it('waits until a ready replica stands behind the Service and proxies have heard of it', async () => {
    kube.seed(SERVICES, { metadata: SERVICE });
    kube.seed(SLICES, endpoint('another', true));
    const done = waiting();
    await kube.clock.advance(5000);
    kube.seed(SLICES, { ...endpoint(SERVICE.name, true), endpoints: null });
    await kube.clock.advance(1000);
    const name = { namespace: SERVICE.namespace, name: SERVICE.name };
    const patch = (ready: boolean) =>
      kube.patch(SLICES, name, {
        type: 'merge',
        body: { endpoints: endpoint(SERVICE.name, ready).endpoints },
      });
    await patch(false);
    await kube.clock.advance(5000);
    await patch(true);
    await kube.clock.advance(2000);
    assert.equal(done(), false);
    await kube.clock.advance(1000);
    assert.equal(done(), true);
  });

  it('does not wait where there is no such Service', async () => {
    const done = waiting();
    await settle();
    assert.equal(done(), true);
  });
});
