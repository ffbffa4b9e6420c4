import { DAEMON_NAMESPACE, DAEMON_SERVICE_ACCOUNT } from '../api/names.ts';
import { componentLabels, type Manifest, selectorLabels } from './manifest.ts';
import { PORTS } from './ports.ts';
import { probes } from './probes.ts';

const NAME = 'headstart-daemon';

/** Where the node's /run, which holds the sockets of container runtimes, is seen in the daemon. */
const RUN_FOLDER = '/hostrun';

/** Credential plugins of the nodes that the daemon runs as kubelet does. */
export interface CredentialProvider {
  /** In the daemon's namespace; its keys `*.yaml` and `*.json` are CredentialProviderConfigs. */
  readonly configMap: string;
  /** Folder of the nodes that holds the plugins. */
  readonly binDir: string;
}

export interface DaemonManifestOptions {
  readonly image: string;
  /** Absent: no plugins are run. */
  readonly credentialProvider?: CredentialProvider;
}

/** The daemon's DaemonSet: one pod on each Linux node that has a kubelet, tainted or not. */
export function daemon(options: DaemonManifestOptions): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: DAEMON_NAMESPACE, labels: componentLabels('daemon') },
    spec: {
      selector: { matchLabels: selectorLabels('daemon') },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
      template: { metadata: { labels: componentLabels('daemon') }, spec: podSpec(options) },
    },
  };
}

function podSpec({ image, credentialProvider }: DaemonManifestOptions): object {
  const plugins = credentialProvider && pluginParts(credentialProvider);
  return {
    ...plugins?.pod,
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
    containers: [container(image, plugins)],
    volumes: [
      { name: 'run', hostPath: { path: '/run', type: 'Directory' } },
      ...(plugins?.volumes ?? []),
    ],
  };
}

function container(image: string, plugins: PluginParts | undefined): object {
  return {
    name: 'daemon',
    image,
    command: ['headstart'],
    args: [
      'daemon',
      '--node-name=$(NODE_NAME)',
      `--run-dir=${RUN_FOLDER}`,
      `--metrics-address=:${PORTS.daemonMetrics.containerPort}`,
      ...(plugins?.args ?? []),
    ],
    env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    ports: [PORTS.daemonMetrics],
    ...probes(PORTS.daemonMetrics),
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '192Mi' } },
    // Connecting to a socket works through a read-only mount. It needs the owner of the socket, uid 0, but no capability.
    volumeMounts: [
      { name: 'run', mountPath: RUN_FOLDER, readOnly: true },
      ...(plugins?.mounts ?? []),
    ],
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

/** What plugins add to the pod. */
interface PluginParts {
  readonly pod: object;
  readonly args: readonly string[];
  readonly volumes: readonly object[];
  readonly mounts: readonly object[];
}

const PLUGIN_CONFIG_FOLDER = '/etc/headstart/credential-providers';
const PLUGIN_FOLDER = '/opt/credential-providers';

function pluginParts({ configMap, binDir }: CredentialProvider): PluginParts {
  return {
    pod: {
      // Metadata services of clouds answer the node, and often nobody one hop further away.
      hostNetwork: true,
      dnsPolicy: 'ClusterFirstWithHostNet',
      // What a killed plugin leaves behind, Node.js as process 1 would not reap.
      shareProcessNamespace: true,
    },
    args: [
      `--credential-provider-config=${PLUGIN_CONFIG_FOLDER}`,
      `--credential-provider-bin-dir=${PLUGIN_FOLDER}`,
    ],
    volumes: [
      { name: 'credential-provider-config', configMap: { name: configMap } },
      { name: 'credential-providers', hostPath: { path: binDir, type: 'Directory' } },
      // Plugins may want to write, which they can nowhere else.
      { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } },
    ],
    mounts: [
      { name: 'credential-provider-config', mountPath: PLUGIN_CONFIG_FOLDER, readOnly: true },
      { name: 'credential-providers', mountPath: PLUGIN_FOLDER, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}
