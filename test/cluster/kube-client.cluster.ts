import { join } from 'node:path';
import { NODE_IMAGES } from '../../api/resources.ts';
import { connectKube } from '../../kube/connect-kube.ts';
import { loadKubeConfigAccess } from '../../kube/kube-config.ts';
import { systemClock } from '../../runtime/clock.ts';
import { nodeImage } from '../conformance/kube-client/objects.ts';
import { kubeClientSuite } from '../conformance/kube-client.suite.ts';
import { startControlPlane } from './control-plane.ts';

const CRDS = join(import.meta.dirname, '../../manifests/crds');

kubeClientSuite({
  name: 'kube-apiserver',
  hasSchemas: true,
  open: async () => {
    const controlPlane = await startControlPlane();
    await controlPlane.mustKubectl(['apply', '-f', CRDS]);
    await controlPlane.mustKubectl(['wait', '--for=condition=Established', 'crd', '--all']);
    const access = await loadKubeConfigAccess(
      { path: controlPlane.kubeconfigPath },
      { clock: systemClock },
    );
    const connection = connectKube(
      { access, userAgent: 'headstart-test', fieldManager: 'headstart-test' },
      { clock: systemClock, random: Math.random },
    );
    return {
      client: connection.client,
      namespace: 'default',
      pass: ms => systemClock.sleep(ms),
      forgottenVersion: async () => {
        const { resourceVersion } = await connection.client.list(NODE_IMAGES);
        await connection.client.create(NODE_IMAGES, nodeImage('later'));
        // A new API server remembers nothing of the time before its start.
        await controlPlane.apiServer.restart();
        return resourceVersion;
      },
      [Symbol.asyncDispose]: async () => {
        connection.close();
        await controlPlane.stop();
      },
    };
  },
});
