import { DAEMON_NAMESPACE, DAEMON_SERVICE_ACCOUNT } from '../../api/names.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { NODE_IMAGES } from '../../api/resources.ts';
import { connectKube } from '../../kube/connect-kube.ts';
import { cachedAccess } from '../../kube/kube-access.ts';
import { systemClock } from '../../runtime/clock.ts';
import { named, nodeImage, TAG } from '../manifests/test-objects.ts';
import type { ControlPlane } from './control-plane.ts';

/** Tokens as daemons have them. */
export interface BoundDaemon {
  /** Bound to the pod `daemon-a`, which is on `node-a`. */
  readonly token: string;
  /** Bound to nothing. */
  readonly unboundToken: string;
  /** Of the pod. */
  readonly podUid: string;
}

/** The nodes `node-a` and `node-b` with their NodeImages, and a pod of the daemon on the first. */
export async function createBoundDaemon(controlPlane: ControlPlane): Promise<BoundDaemon> {
  for (const name of ['node-a', 'node-b']) {
    await controlPlane.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
    await controlPlane.apply(named(name, nodeImage([TAG])));
  }
  await controlPlane.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'daemon-a', namespace: DAEMON_NAMESPACE },
    spec: {
      nodeName: 'node-a',
      serviceAccountName: DAEMON_SERVICE_ACCOUNT,
      containers: [{ name: 'daemon', image: 'headstart' }],
    },
  });
  const create = ['create', 'token', DAEMON_SERVICE_ACCOUNT, '-n', DAEMON_NAMESPACE];
  const bound = ['--bound-object-kind=Pod', '--bound-object-name=daemon-a'];
  const uid = ['get', 'pod', 'daemon-a', '-n', DAEMON_NAMESPACE, '-o', 'jsonpath={.metadata.uid}'];
  return {
    token: await controlPlane.mustKubectl([...create, ...bound]),
    unboundToken: await controlPlane.mustKubectl(create),
    podUid: await controlPlane.mustKubectl(uid),
  };
}

/** Writes a status of a NodeImage, with a token and nothing else. */
export async function reportStatus(
  { url, caPem }: ControlPlane,
  token: string,
  node: string,
): Promise<NodeImage> {
  const headers = { authorization: `Bearer ${token.trim()}` };
  const deps = { clock: systemClock, random: Math.random };
  const credentials = () => Promise.resolve({ tls: { ca: caPem }, headers });
  const access = cachedAccess(new URL(url), credentials, deps);
  using connection = connectKube(
    { access, userAgent: 'headstart-test', fieldManager: 'headstart-daemon' },
    deps,
  );
  const body = { status: { desired: 1, succeeded: 0 } };
  return await connection.client.patch(
    NODE_IMAGES,
    { name: node },
    { type: 'merge', body },
    { subresource: 'status' },
  );
}
