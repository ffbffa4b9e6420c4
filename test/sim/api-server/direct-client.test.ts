import { randomUUID } from 'node:crypto';
import { NODE_IMAGES, SECRETS } from '../../../api/resources.ts';
import { customResourceDefinitions, OWN_CRDS } from '../../../manifests/crds.ts';
import { createWebhookClient } from '../../../sim/api-server/admission/webhook-client.ts';
import { createBackend } from '../../../sim/api-server/create-backend.ts';
import { createDirectClient } from '../../../sim/api-server/direct-client.ts';
import { nodeImage, secret } from '../../conformance/kube-client/objects.ts';
import { kubeClientSuite } from '../../conformance/kube-client.suite.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

kubeClientSuite({
  name: 'the embedded API server in the same process',
  hasSchemas: true,
  open: async () => {
    const clock = new FakeClock();
    const webhooks = createWebhookClient({ resolve: () => undefined, clock });
    const backend = await createBackend(
      { objects: customResourceDefinitions(OWN_CRDS) },
      { clock, webhooks, log: new RecordingLogger(), random: Math.random, uuid: randomUUID },
    );
    const client = createDirectClient({ fieldManager: 'headstart-test' }, { backend });
    return {
      client,
      namespace: 'default',
      pass: ms => clock.advance(ms),
      forgottenVersion: async () => {
        const { resourceVersion } = await client.list(NODE_IMAGES);
        await client.create(NODE_IMAGES, nodeImage('later'));
        await client.create(SECRETS, secret('default', 'later'));
        backend.store.compact();
        return resourceVersion;
      },
      [Symbol.asyncDispose]: async () => webhooks.close(),
    };
  },
});
