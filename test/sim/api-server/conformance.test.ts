import { NODE_IMAGES, SECRETS } from '../../../api/resources.ts';
import { customResourceDefinitions, OWN_CRDS } from '../../../manifests/crds.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { nodeImage, secret } from '../../conformance/kube-client/objects.ts';
import { kubeClientSuite } from '../../conformance/kube-client.suite.ts';
import { connectTo, startTestServer } from './test-server.ts';

kubeClientSuite({
  name: 'the embedded API server',
  hasSchemas: true,
  open: async () => {
    const server = await startTestServer({ objects: customResourceDefinitions(OWN_CRDS) });
    const connection = connectTo(server);
    const { client } = connection;
    return {
      client,
      namespace: 'default',
      pass: ms => systemClock.sleep(ms),
      forgottenVersion: async () => {
        const { resourceVersion } = await client.list(NODE_IMAGES);
        await client.create(NODE_IMAGES, nodeImage('later'));
        await client.create(SECRETS, secret('default', 'later'));
        server.compact();
        return resourceVersion;
      },
      [Symbol.asyncDispose]: async () => {
        connection.close();
        await server.stop();
      },
    };
  },
});
