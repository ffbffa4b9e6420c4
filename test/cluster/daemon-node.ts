import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DAEMON_NAMESPACE, DAEMON_SERVICE_ACCOUNT } from '../../api/names.ts';
import type { ImageTagSpec, ImageTagStatus, NodeImage } from '../../api/node-image.ts';
import { NODE_IMAGES } from '../../api/resources.ts';
import { createGrpcRuntime } from '../../daemon/cri/grpc-runtime.ts';
import type { RuntimeClient } from '../../daemon/cri/image-runtime.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { systemClock } from '../../runtime/clock.ts';
import { bundle } from '../cli/bundle.ts';
import type { CleanupStack } from './cleanup-stack.ts';
import { type Containerd, startContainerd } from './containerd.ts';
import type { ControlPlane } from './control-plane.ts';
import { Background } from './process.ts';

export interface DaemonNodeOptions {
  readonly name: string;
  /** Of containerd's state; its path must be short. */
  readonly folder: string;
  /** What containerd asks in the place of docker.io. */
  readonly dockerHub?: string;
  /** More flags of the daemon. */
  readonly flags: readonly string[];
}

export interface DaemonNodeDeps {
  readonly controlPlane: ControlPlane;
  readonly client: KubeClient;
  readonly cleanup: CleanupStack;
}

/** A node without kubelet: its NodeImage in a real API server, a real containerd, and the bundled daemon as a process. */
export class DaemonNode {
  readonly name: string;
  readonly containerd: Containerd;
  /** A client past the daemon. */
  readonly runtime: RuntimeClient;
  readonly daemon: Background;
  readonly #client: KubeClient;

  constructor(name: string, containerd: Containerd, daemon: Background, client: KubeClient) {
    this.name = name;
    this.containerd = containerd;
    this.runtime = createGrpcRuntime(containerd.socketPath, { clock: systemClock });
    this.daemon = daemon;
    this.#client = client;
  }

  /** Says what the NodeImage wants, and nothing else. */
  async want(
    images: Readonly<Record<string, readonly ImageTagSpec[]>>,
    fields: object = {},
  ): Promise<void> {
    // As the webhook would, which does not run here.
    const complete = (spec: ImageTagSpec): ImageTagSpec => ({
      ...spec,
      pullPolicy: { ttlSecondsAfterFinished: 600, ...spec.pullPolicy },
    });
    const entries = Object.entries(images).map(([image, tags]) => [
      image,
      { tags: tags.map(complete), ...fields },
    ]);
    const operation = {
      op: 'add',
      path: '/spec/images',
      value: Object.fromEntries(entries),
    } as const;
    await this.#client.patch(
      NODE_IMAGES,
      { name: this.name },
      { type: 'json', operations: [operation] },
    );
  }

  async status(image: string, tag: string): Promise<ImageTagStatus | undefined> {
    const nodeImage = await this.#client.get<NodeImage>(NODE_IMAGES, { name: this.name });
    const tags = nodeImage?.status?.imageStatuses?.[image]?.tags;
    return tags?.find(status => status.tag === tag);
  }
}

/** Starts a node; its daemon runs under the shipped ServiceAccount once it is started. */
export async function createDaemonNode(
  { name, folder, dockerHub, flags }: DaemonNodeOptions,
  { controlPlane, client, cleanup }: DaemonNodeDeps,
): Promise<DaemonNode> {
  await mkdir(folder, { recursive: true });
  const containerd = await startContainerd(folder, dockerHub === undefined ? {} : { dockerHub });
  cleanup.defer(`containerd of ${name}`, () => containerd.stop());
  await client.create(NODE_IMAGES, { metadata: { name }, spec: { images: {} } });
  const daemon = new Background({
    name: `daemon of ${name}`,
    command: [...(await daemonCommand(name, containerd.socketPath, controlPlane)), ...flags],
    logFile: join(controlPlane.folder, `daemon-${name}.log`),
  });
  const node = new DaemonNode(name, containerd, daemon, client);
  cleanup.defer(`daemon of ${name}`, () => daemon.stop());
  cleanup.defer(`client of ${name}`, () => node.runtime.close());
  return node;
}

async function daemonCommand(
  name: string,
  socketPath: string,
  controlPlane: ControlPlane,
): Promise<string[]> {
  const kubeconfig = await controlPlane.serviceAccountKubeconfig(
    DAEMON_NAMESPACE,
    DAEMON_SERVICE_ACCOUNT,
  );
  return [
    process.execPath,
    join(await bundle(), 'headstart.mjs'),
    'daemon',
    `--node-name=${name}`,
    `--kubeconfig=${kubeconfig}`,
    `--runtime-endpoint=${socketPath}`,
    '--metrics-address=127.0.0.1:0',
  ];
}
