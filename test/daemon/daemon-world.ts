import { join } from 'node:path';
import type { KubeObject } from '../../api/meta.ts';
import type {
  ImageSpec,
  ImageTagSpec,
  ImageTagStatus,
  NodeImage,
  NodeImageStatus,
} from '../../api/node-image.ts';
import { NODE_IMAGES } from '../../api/resources.ts';
import { createDaemon, type Daemon, type DaemonOptions } from '../../daemon/daemon.ts';
import type { EventOptions } from '../../kube/event-recorder.ts';
import type { JsonPatchOperation, PatchOptions } from '../../kube/kube-client.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { CriServer, type CriServerOptions } from '../../sim/cri-server.ts';
import { NetworkModel } from '../../sim/network-model.ts';
import { RegistryModel } from '../../sim/registry-model.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { passTime, passTimeUntil } from './eventually.ts';
import { nodeImage } from './node-images.ts';

/** What a second of a pull brings. */
export const BYTES_PER_SECOND = 1_000_000;

/** Starts a world with a runtime and no daemon. */
export async function startDaemonWorld(
  options: Pick<CriServerOptions, 'isContainerd'> = {},
): Promise<DaemonWorld> {
  const world = new DaemonWorld(await makeTempFolder(), options);
  await world.cri.start();
  return world;
}

/** One node: its daemon, a simulated runtime behind a real socket, and a Kubernetes API in memory. */
export class DaemonWorld implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly kube = new FakeKube({ clock: this.clock });
  readonly log = new RecordingLogger();
  readonly metrics = createPlainMetrics();
  readonly registry = new RegistryModel();
  readonly cri: CriServer;
  /** `reason kind/name: message`, in order. */
  readonly events: string[] = [];
  readonly #folder: TempFolder;
  #stop: (() => Promise<void>) | undefined;

  constructor(folder: TempFolder, options: Pick<CriServerOptions, 'isContainerd'>) {
    const { clock, registry } = this;
    this.#folder = folder;
    const socketPath = join(folder.path, 'containerd.sock');
    const network = new NetworkModel({ clock });
    const downlink = { name: 'node', bytesPerSecond: BYTES_PER_SECOND };
    this.cri = new CriServer({ ...options, socketPath }, { clock, registry, network, downlink });
  }

  /** Starts a daemon; the one before must have been stopped. */
  startDaemon(options: Partial<DaemonOptions> = {}): Daemon {
    const { clock, kube, log, metrics } = this;
    const daemon = createDaemon(
      { nodeName: 'node-1', runDir: this.#folder.path, ...options },
      { client: kube, clock, log, metrics, random: () => 0, events: this.#recorder() },
    );
    const abort = new AbortController();
    const running = daemon.run(abort.signal);
    this.#stop = async () => {
      abort.abort(new Error('stopped'));
      await running;
      this.#stop = undefined;
    };
    return daemon;
  }

  async stopDaemon(): Promise<void> {
    await this.#stop?.();
  }

  /** Pushes an image to the registry that takes `seconds` to pull alone. */
  push(reference: string, seconds = 0): string {
    return this.registry.push(reference, { sizeBytes: seconds * BYTES_PER_SECOND }).digest;
  }

  /** Says what the NodeImage wants, making it if need be. */
  async want(images: Readonly<Record<string, readonly ImageTagSpec[] | ImageSpec>>): Promise<void> {
    const { metadata, spec } = nodeImage(images);
    if (this.nodeImage === undefined) {
      this.kube.seed(NODE_IMAGES, { metadata: { name: metadata.name }, spec });
      return;
    }
    await this.#patch({ op: 'replace', path: '/spec', value: spec });
  }

  /** Puts a status in the place of what is there, as a person or the peer's manager may. */
  async setStatus(value: NodeImageStatus): Promise<void> {
    await this.#patch({ op: 'add', path: '/status', value }, { subresource: 'status' });
  }

  get nodeImage(): NodeImage | undefined {
    return this.kube.read(NODE_IMAGES, 'node-1');
  }

  tag(name: string, tag: string): ImageTagStatus | undefined {
    const tags = this.nodeImage?.status?.imageStatuses?.[name]?.tags ?? [];
    return tags.find(status => status.tag === tag);
  }

  /** Writes of the daemon to the NodeImage. */
  get statusWrites(): FakeKube['writes'] {
    return this.kube.writes.filter(
      ({ subresource, body }) =>
        subresource === 'status' && (body as { type?: string }).type === 'merge',
    );
  }

  pass(ms: number): Promise<void> {
    return passTime(this.clock, ms);
  }

  until<T>(what: string, condition: () => T | undefined | false): Promise<T> {
    return passTimeUntil(this.clock, what, condition);
  }

  /** Waits for a result of a version of a tag and returns it. */
  result(name: string, tag: string, version = 0): Promise<ImageTagStatus> {
    return this.until(`a result of ${name}:${tag}`, () => {
      const status = this.tag(name, tag);
      return status?.completionTime !== undefined && status.version === version && status;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopDaemon();
    await this.cri.stop();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #patch(operation: JsonPatchOperation, options: PatchOptions = {}): Promise<void> {
    const patch = { type: 'json', operations: [operation] } as const;
    await this.kube.patch(NODE_IMAGES, { name: 'node-1' }, patch, options);
  }

  #recorder() {
    return {
      event: ({ kind, metadata }: KubeObject, { reason, message }: EventOptions) =>
        void this.events.push(`${reason} ${kind}/${metadata.name}: ${message}`),
      flush: () => Promise.resolve(),
    };
  }
}
