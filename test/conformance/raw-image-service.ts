import { credentials, type ServiceError } from '@grpc/grpc-js';
import {
  type AuthConfig,
  type FilesystemUsage,
  type Image,
  ImageServiceClient,
  type ImageSpec,
} from '../../daemon/cri/cri.gen.ts';

type Callback<T> = (error: ServiceError | null, response: T) => void;

const NO_AUTH: AuthConfig = {
  username: '',
  password: '',
  auth: '',
  serverAddress: '',
  identityToken: '',
  registryToken: '',
};

const specOf = (image: string): ImageSpec => ({
  image,
  annotations: {},
  userSpecifiedImage: '',
  runtimeHandler: '',
});

/** CRI's image calls as they are, with what the daemon itself never sends. */
export class RawImageService {
  readonly #client: ImageServiceClient;

  constructor(socketPath: string) {
    this.#client = new ImageServiceClient(`unix:${socketPath}`, credentials.createInsecure());
  }

  async list(filter?: string): Promise<readonly Image[]> {
    const request = { filter: filter === undefined ? undefined : { image: specOf(filter) } };
    const { images } = await answered<{ images: Image[] }>(callback =>
      this.#client.listImages(request, callback),
    );
    return images;
  }

  async status(image: string): Promise<Image | undefined> {
    const request = { image: specOf(image), verbose: false };
    const answer = await answered<{ image: Image | undefined }>(callback =>
      this.#client.imageStatus(request, callback),
    );
    return answer.image;
  }

  async pull(image: string, auth: Partial<AuthConfig>): Promise<string> {
    const sandboxConfig = { labels: {}, annotations: {} };
    const request = { image: specOf(image), auth: { ...NO_AUTH, ...auth }, sandboxConfig };
    const { imageRef } = await answered<{ imageRef: string }>(callback =>
      this.#client.pullImage(request, callback),
    );
    return imageRef;
  }

  async remove(image: string): Promise<void> {
    await answered(callback => this.#client.removeImage({ image: specOf(image) }, callback));
  }

  async fsInfo(): Promise<readonly FilesystemUsage[]> {
    const answer = await answered<{ imageFilesystems: FilesystemUsage[] }>(callback =>
      this.#client.imageFsInfo({}, callback),
    );
    return answer.imageFilesystems;
  }

  close(): void {
    this.#client.close();
  }
}

function answered<T>(call: (callback: Callback<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}
