import { DAEMON_NAMESPACE, DAEMON_SERVICE_ACCOUNT } from '../api/names.ts';
import { componentLabels, type Manifest, selectorLabels } from './manifest.ts';
import { PORTS } from './ports.ts';
import { probes } from './probes.ts';

const NAME = 'headstart-daemon';

/** Where the node's /run, which holds the sockets of container runtimes, is seen in the daemon. */
const RUN_FOLDER = '/hostrun';

/** The daemon's DaemonSet: one pod on each Linux node that has a kubelet, tainted or not. */
export function daemon({ image }: { readonly image: string }): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: DAEMON_NAMESPACE, labels: componentLabels('daemon') },
    spec: {
      selector: { matchLabels: selectorLabels('daemon') },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
      template: { metadata: { labels: componentLabels('daemon') }, spec: podSpec(image) },
    },
  };
}

function podSpec(image: string): object {
  return {
    serviceAccountName: DAEMON_SERVICE_ACCOUNT,
    enableServiceLinks: false,
    priorityClassName: 'system-node-critical',
    terminationGracePeriodSeconds: 30,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'type', operator: 'NotIn', values: ['virtual-kubelet'] }] },
          ],
        },
      },
    },
    tolerations: [{ operator: 'Exists' }],
    containers: [container(image)],
    volumes: [{ name: 'run', hostPath: { path: '/run', type: 'Directory' } }],
  };
}

function container(image: string): object {
  return {
    name: 'daemon',
    image,
    command: ['headstart'],
    args: [
      'daemon',
      '--node-name=$(NODE_NAME)',
      `--run-dir=${RUN_FOLDER}`,
      `--metrics-address=:${PORTS.daemonMetrics.containerPort}`,
    ],
    env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    ports: [PORTS.daemonMetrics],
    ...probes(PORTS.daemonMetrics),
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '192Mi' } },
    // Connecting to a socket works through a read-only mount. It needs the owner of the socket, uid 0, but no capability.
    volumeMounts: [{ name: 'run', mountPath: RUN_FOLDER, readOnly: true }],
    securityContext: {
      runAsUser: 0,
      runAsGroup: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}
