import { DAEMON_NAMESPACE, DAEMON_SERVICE_ACCOUNT } from '../api/names.ts';
import { componentLabels, type Manifest, selectorLabels } from './manifest.ts';
import { PORTS } from './ports.ts';
import { probes } from './probes.ts';

const NAME = 'headstart-daemon';

/** Where the node's /run, which holds the sockets of container runtimes, is seen in the daemon. */
const RUN_FOLDER = '/hostrun';

/**
 * What keeps the daemon small, measured in docs/adr/0013: the heap ends at half of the pod's memory and young objects are collected by the
 * MiB; one thread helps V8, and threads share what glibc gets from the kernel.
 */
export const DAEMON_MEMORY_ENV = {
  NODE_OPTIONS: '--max-old-space-size=96 --max-semi-space-size=1 --v8-pool-size=1',
  MALLOC_ARENA_MAX: '1',
} as const;

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
  /** A folder of the nodes on the file system of images, for `--image-fs-high-water`. Absent: nobody looks at that. */
  readonly imageFsDir?: string;
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

function podSpec({ image, credentialProvider, imageFsDir }: DaemonManifestOptions): object {
  const extras = [
    credentialProvider && credentialProviderParts(credentialProvider),
    imageFsDir === undefined ? undefined : imageFsParts(imageFsDir),
  ];
  const parts = extras.filter(part => part !== undefined);
  return {
    ...Object.assign({}, ...parts.map(({ pod }) => pod)),
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
    containers: [container(image, parts)],
    volumes: [
      { name: 'run', hostPath: { path: '/run', type: 'Directory' } },
      ...parts.flatMap(({ volumes }) => volumes),
    ],
  };
}

function container(image: string, parts: readonly DaemonParts[]): object {
  return {
    name: 'daemon',
    image,
    command: ['headstart'],
    args: [
      'daemon',
      '--node-name=$(NODE_NAME)',
      `--run-dir=${RUN_FOLDER}`,
      `--metrics-address=:${PORTS.daemonMetrics.containerPort}`,
      ...parts.flatMap(({ args }) => args),
    ],
    env: [
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      ...Object.entries(DAEMON_MEMORY_ENV).map(([name, value]) => ({ name, value })),
    ],
    ports: [PORTS.daemonMetrics],
    ...probes(PORTS.daemonMetrics),
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '192Mi' } },
    // Connecting to a socket works through a read-only mount. It needs the owner of the socket, uid 0, but no capability.
    volumeMounts: [
      { name: 'run', mountPath: RUN_FOLDER, readOnly: true },
      ...parts.flatMap(({ mounts }) => mounts),
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

/** What an option adds to the container, and to the pod for it. */
export interface DaemonParts {
  readonly pod?: object;
  readonly args: readonly string[];
  readonly volumes: readonly object[];
  readonly mounts: readonly object[];
}

const IMAGE_FS_FOLDER = '/host-image-fs';

/** For {@link DaemonManifestOptions.imageFsDir}. The folder is created if need be, so that a node without it gets its daemon all the same. */
export function imageFsParts(path: string): DaemonParts {
  return {
    args: [`--image-fs-dir=${IMAGE_FS_FOLDER}`],
    volumes: [{ name: 'image-fs', hostPath: { path, type: 'DirectoryOrCreate' } }],
    mounts: [{ name: 'image-fs', mountPath: IMAGE_FS_FOLDER, readOnly: true }],
  };
}

const PLUGIN_CONFIG_FOLDER = '/etc/headstart/credential-providers';
const PLUGIN_FOLDER = '/opt/credential-providers';

/** For {@link DaemonManifestOptions.credentialProvider}. */
export function credentialProviderParts({ configMap, binDir }: CredentialProvider): DaemonParts {
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
