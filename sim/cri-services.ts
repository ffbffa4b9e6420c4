import type { handleUnaryCall } from '@grpc/grpc-js';
import { LEASE_HEADER } from '../daemon/containerd/content-store.ts';
import type {
  AuthConfig,
  Image,
  ImageFsInfoResponse,
  ImageServiceServer,
  PullImageRequest,
  PullImageResponse,
  RuntimeServiceServer,
  StatusResponse,
  VersionResponse,
} from '../daemon/cri/cri.gen.ts';
import { type StoredImage, sizeOf } from './image-store.ts';
import type { Credentials } from './registry-model.ts';
import type { SimulatedRuntime } from './simulated-runtime.ts';
import {
  RpcFailure,
  type UnaryHandlerDeps,
  type UnaryWork,
  unaryHandler,
} from './unary-handler.ts';

const VERSION: VersionResponse = {
  version: '0.1.0',
  runtimeName: 'simulated',
  runtimeVersion: '1.0.0',
  runtimeApiVersion: 'v1',
};

const STATUS: StatusResponse = {
  status: {
    conditions: ['RuntimeReady', 'NetworkReady'].map(type => ({
      type,
      status: true,
      reason: '',
      message: '',
    })),
  },
};

type Handle = <Request extends object, Response>(
  method: string,
  work: UnaryWork<Request, Response>,
) => handleUnaryCall<Request, Response>;

/** CRI's RuntimeService, as far as a node daemon asks. */
export function runtimeService(deps: UnaryHandlerDeps): RuntimeServiceServer {
  const handle: Handle = (method, work) => unaryHandler(method, work, deps);
  return {
    version: handle('Version', () => VERSION),
    status: handle('Status', () => STATUS),
  };
}

/** CRI's ImageService over the images of `runtime`. */
export function imageService(
  runtime: SimulatedRuntime,
  deps: UnaryHandlerDeps,
): ImageServiceServer {
  const { images } = runtime;
  const handle: Handle = (method, work) => unaryHandler(method, work, deps);
  return {
    // containerd ignores the filter.
    listImages: handle('ListImages', () => ({ images: images.list().map(imageMessage) })),
    imageStatus: handle('ImageStatus', ({ image }) => {
      const stored = images.find(image?.image ?? '');
      return { image: stored === undefined ? undefined : imageMessage(stored) };
    }),
    pullImage: handle('PullImage', (request, signal, metadata) => {
      const [lease] = metadata.get(LEASE_HEADER);
      return pullImage(runtime, request, lease?.toString(), signal);
    }),
    removeImage: handle('RemoveImage', ({ image }) => {
      runtime.remove(image?.image ?? '');
      return {};
    }),
    imageFsInfo: handle('ImageFsInfo', () => fsInfo(images.list())),
  };
}

async function pullImage(
  runtime: SimulatedRuntime,
  { image, auth }: PullImageRequest,
  lease: string | undefined,
  signal: AbortSignal,
): Promise<PullImageResponse> {
  const options = { auth: credentialsOf(auth), lease };
  const answer = await runtime.pull(image?.image ?? '', options, signal);
  if (answer.kind === 'refused') throw new RpcFailure(answer.code, answer.details);
  return { imageRef: answer.id };
}

function imageMessage({ image, repoTags, repoDigests }: StoredImage): Image {
  return {
    id: image.id,
    repoTags: [...repoTags],
    repoDigests: [...repoDigests],
    size: sizeOf(image),
    spec: undefined,
    pinned: false,
  };
}

function fsInfo(stored: readonly StoredImage[]): ImageFsInfoResponse {
  const usedBytes = stored.reduce((sum, { image }) => sum + sizeOf(image), 0);
  return {
    imageFilesystems: [
      {
        fsId: { mountpoint: '/var/lib/simulated' },
        usedBytes: { value: usedBytes },
        inodesUsed: { value: 0 },
      },
    ],
  };
}

/** containerd takes a name with a password, or both in base64. */
function credentialsOf(auth: AuthConfig | undefined): Credentials | undefined {
  if (auth === undefined) return undefined;
  if (auth.username !== '') return { username: auth.username, password: auth.password };
  if (auth.auth === '') return undefined;
  const text = Buffer.from(auth.auth, 'base64').toString();
  const colon = text.indexOf(':');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
