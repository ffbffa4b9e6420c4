import { DAEMON_NAMESPACE, DAEMON_SERVICE_ACCOUNT, SERVED_VERSIONS } from '../api/names.ts';
import { NODE_IMAGES } from '../api/resources.ts';
import {
  type AdmissionDecision,
  type AdmissionRequest,
  ALLOWED,
  type Handler,
} from './admission.ts';
import type { Route } from './routes.ts';

/** What the API server says of the pod that a service account token is bound to (since Kubernetes 1.22). */
const POD_NAME = 'authentication.kubernetes.io/pod-name';
const POD_UID = 'authentication.kubernetes.io/pod-uid';

const DAEMON = `system:serviceaccount:${DAEMON_NAMESPACE}:${DAEMON_SERVICE_ACCOUNT}`;

/**
 * Lets each daemon write the NodeImage status of its own node and nothing else, where the API server does not put the node of a token
 * into its requests (before Kubernetes 1.30): the pod of the token tells the node. Who is not known is denied.
 */
export const judgeDaemon: Handler = (request, { podNodes }) => {
  if (request.user.username !== DAEMON) return ALLOWED;
  if (request.subResource !== 'status') {
    return denied('a daemon writes nothing of a NodeImage but its status');
  }
  const node = podNodes.nodeOf(podOf(request));
  if (node === request.name) return ALLOWED;
  const where = node === undefined ? 'no pod that is known' : `a pod on node ${node}`;
  return denied(
    `a daemon writes the NodeImage of its own node only: its token is bound to ${where}, not on ${request.name}`,
  );
};

function podOf({ user: { extra } }: AdmissionRequest) {
  const [name = ''] = extra[POD_NAME] ?? [];
  const [uid = ''] = extra[POD_UID] ?? [];
  return { namespace: DAEMON_NAMESPACE, name, uid };
}

function denied(message: string): AdmissionDecision {
  return { type: 'denied', errors: [{ path: 'metadata.name', message }], warnings: [] };
}

/** Opt-in, with a configuration of its own: it is the one webhook that the API server does not go on without. */
export const NODE_ISOLATION: Route = {
  type: 'validating',
  path: '/validate-node-isolation',
  name: 'isolate.nodeimage.headstart',
  resources: {
    group: NODE_IMAGES.group,
    versions: SERVED_VERSIONS,
    plural: NODE_IMAGES.plural,
    kind: NODE_IMAGES.kind,
  },
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  seesStatus: true,
  matchConditions: [
    { name: 'is-a-daemon', expression: `request.userInfo.username == '${DAEMON}'` },
  ],
  excludedNamespaces: [],
  canWait: false,
  handler: judgeDaemon,
};
