import { Channel, type ChannelOptions, credentials } from '@grpc/grpc-js';
import type { Clock } from '../../runtime/clock.ts';
import { type ContentStore, LEASE_HEADER } from '../containerd/content-store.ts';
import { createGrpcContentStore } from '../containerd/grpc-content-store.ts';
import type { Credential } from '../credentials/keyring.ts';
import {
  type AuthConfig,
  ImageServiceClient,
  type ImageSpec,
  type PullImageRequest,
  RuntimeServiceClient,
} from './cri.gen.ts';
import { CriError } from './cri-error.ts';
import type { PresentImage, PullRequest, RuntimeClient, RuntimeVersion } from './image-runtime.ts';
import { type RuntimeCall, unary } from './unary.ts';

const CHANNEL_OPTIONS: ChannelOptions = {
  // As kubelet: answers of a node with many images pass gRPC's default of 4 MiB.
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  // A try on a local socket costs nothing, and a runtime that is back must be found within 3 s.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // Daemons of one process must not share the backoff of a socket that one of them has given up.
  'grpc.use_local_subchannel_pool': 1,
};

/** A client of the CRI v1 runtime at `socketPath`. */
export function createGrpcRuntime(
  socketPath: string,
  deps: { readonly clock: Clock },
): RuntimeClient {
  return new SocketRuntime(socketPath, deps.clock);
}

class SocketRuntime implements RuntimeClient {
  readonly #clock: Clock;
  readonly #channel: Channel;
  readonly #images: ImageServiceClient;
  readonly #runtime: RuntimeServiceClient;
  readonly store: ContentStore;

  constructor(socketPath: string, clock: Clock) {
    this.#clock = clock;
    const address = `unix:${socketPath}`;
    const insecure = credentials.createInsecure();
    this.#channel = new Channel(address, insecure, CHANNEL_OPTIONS);
    const channelOverride = this.#channel;
    this.#images = new ImageServiceClient(address, insecure, { channelOverride });
    this.#runtime = new RuntimeServiceClient(address, insecure, { channelOverride });
    this.store = createGrpcContentStore({ channel: this.#channel, credentials: insecure, clock });
  }

  /** Waits for a connection, so that a runtime that comes back is noticed at once. */
  async version(call: RuntimeCall): Promise<RuntimeVersion> {
    const method = this.#runtime.version.bind(this.#runtime);
    const options = { ...call, waitForReady: true };
    const answer = await unary(method, { version: '0.1.0' }, options, this.#clock);
    return { name: answer.runtimeName, version: answer.runtimeVersion };
  }

  async imageStatus(image: string, call: RuntimeCall): Promise<PresentImage | undefined> {
    // containerd takes '' for a prefix of every id and answers with some image.
    if (image === '') throw new CriError('InvalidReference', 'the image has no name');
    const method = this.#images.imageStatus.bind(this.#images);
    const request = { image: imageSpec(image), verbose: false };
    const answer = await unary(method, request, call, this.#clock);
    return answer.image === undefined ? undefined : { id: answer.image.id };
  }

  async pullImage(request: PullRequest, call: RuntimeCall): Promise<string> {
    const method = this.#images.pullImage.bind(this.#images);
    const { lease } = request;
    const options = lease === undefined ? call : { ...call, headers: { [LEASE_HEADER]: lease } };
    const answer = await unary(method, pullMessage(request), options, this.#clock);
    return answer.imageRef;
  }

  close(): void {
    this.#channel.close();
  }
}

function imageSpec(image: string): ImageSpec {
  return { image, annotations: {}, userSpecifiedImage: '', runtimeHandler: '' };
}

/** Some runtimes crash without a sandbox configuration (openkruise/kruise#1259), so there always is one. */
function pullMessage({ image, credential, labels, annotations }: PullRequest): PullImageRequest {
  return {
    image: imageSpec(image),
    auth: credential === undefined ? undefined : authConfig(credential),
    sandboxConfig: { labels: { ...labels }, annotations: { ...annotations } },
  };
}

/** No server address: containerd drops credentials whose address it cannot match. */
function authConfig({ username, password }: Credential): AuthConfig {
  return {
    username,
    password,
    auth: '',
    serverAddress: '',
    identityToken: '',
    registryToken: '',
  };
}
