import { DAEMON_NAMESPACE, DAEMON_SERVICE_ACCOUNT, GROUP } from '../api/names.ts';
import { componentLabels, type Manifest } from './manifest.ts';

const NAME = 'headstart-node-isolation';
const ADMISSION = 'admissionregistration.k8s.io/v1';

/** The API server puts the node of the pod that a token is bound to here (KEP-4193, on by default since Kubernetes 1.30). */
const NODE_CLAIM = "'authentication.kubernetes.io/node-name'";

/**
 * RBAC cannot tell the daemons of a DaemonSet apart: they share a ServiceAccount. This policy can, by the token: a node that was
 * broken into may lie about its own images and about nothing else.
 */
export function nodeIsolationPolicy(): readonly Manifest[] {
  const metadata = { name: NAME, labels: componentLabels('daemon') };
  return [
    {
      apiVersion: ADMISSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [GROUP],
              apiVersions: ['*'],
              resources: ['nodeimages', 'nodeimages/status'],
              operations: ['CREATE', 'UPDATE', 'DELETE'],
            },
          ],
        },
        matchConditions: [{ name: 'is-a-daemon', expression: IS_A_DAEMON }],
        variables: [{ name: 'node', expression: NODE_OF_TOKEN }],
        validations: [
          {
            expression: "request.subResource == 'status'",
            message: 'a daemon writes nothing of a NodeImage but its status',
            reason: 'Forbidden',
          },
          {
            expression: "variables.node != '' && variables.node == request.name",
            messageExpression:
              "'a daemon writes the NodeImage of its own node only: its token is bound to ' + (variables.node == '' ? 'no node' : 'node ' + variables.node) + ', not to ' + request.name",
            reason: 'Forbidden',
          },
        ],
      },
    },
    {
      apiVersion: ADMISSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: NAME, validationActions: ['Deny'] },
    },
  ];
}

const IS_A_DAEMON = `request.userInfo.username == 'system:serviceaccount:${DAEMON_NAMESPACE}:${DAEMON_SERVICE_ACCOUNT}'`;
const NODE_OF_TOKEN = `has(request.userInfo.extra) && ${NODE_CLAIM} in request.userInfo.extra ? request.userInfo.extra[${NODE_CLAIM}][0] : ''`;
