import { NODES } from '../../api/resources.ts';
import { kubeClientSuite } from '../conformance/kube-client.suite.ts';
import { FakeKube } from '../support/fake-kube.ts';

kubeClientSuite({
  name: 'FakeKube',
  hasSchemas: false,
  open: () => {
    const fake = new FakeKube();
    return Promise.resolve({
      client: fake,
      namespace: 'default',
      pass: ms => fake.clock.advance(ms),
      forgottenVersion: async () => {
        const { resourceVersion } = await fake.list(NODES);
        fake.seed(NODES, { metadata: { name: 'n1' } });
        fake.compact();
        return resourceVersion;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
});
