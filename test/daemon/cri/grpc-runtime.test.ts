import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import {
  type ImageServiceServer,
  ImageServiceService,
  type PullImageRequest,
} from '../../../daemon/cri/cri.gen.ts';
import { createGrpcRuntime } from '../../../daemon/cri/grpc-runtime.ts';
import type { PullRequest, RuntimeClient } from '../../../daemon/cri/image-runtime.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { makeTempFolder, type TempFolder } from '../../support/temp-folder.ts';

describe('createGrpcRuntime', () => {
  let folder: TempFolder;
  let server: Server;
  let runtime: RuntimeClient;
  let requests: PullImageRequest[];
  beforeEach(async () => {
    folder = await makeTempFolder();
    requests = [];
    server = new Server();
    const service: Pick<ImageServiceServer, 'pullImage' | 'imageStatus'> = {
      pullImage: ({ request }, answer) => {
        requests.push(request);
        answer(null, { imageRef: 'sha256:id' });
      },
      imageStatus: (_, answer) => {
        // More than the 4 MiB that gRPC takes by default.
        const repoTags = Array.from({ length: 1_000 }, (_unused, i) => `${i}${'x'.repeat(6_000)}`);
        const image = {
          id: 'sha256:big',
          repoTags,
          repoDigests: [],
          size: 0,
          spec: undefined,
          pinned: false,
        };
        answer(null, { image });
      },
    };
    server.addService(ImageServiceService, service);
    const socketPath = join(folder.path, 'c.sock');
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), error =>
        error === null ? resolve() : reject(error),
      );
    });
    runtime = createGrpcRuntime(socketPath, { clock: systemClock });
  });
  afterEach(async () => {
    runtime.close();
    server.forceShutdown();
    await folder[Symbol.asyncDispose]();
  });

  const call = { signal: new AbortController().signal, deadlineMs: 5_000 };
  const pull = async (fields: Partial<PullRequest>): Promise<PullImageRequest | undefined> => {
    await runtime.pullImage({ image: 'app:1', labels: {}, annotations: {}, ...fields }, call);
    return requests[0];
  };

  it('sends a sandbox configuration even when there is nothing in it', async () => {
    const request = await pull({});
    assert.equal(request?.image?.image, 'app:1');
    assert.deepEqual(request.sandboxConfig, { labels: {}, annotations: {} });
    assert.equal(request.auth, undefined);
  });

  it('sends labels and annotations', async () => {
    const sandbox = { labels: { app: 'x' }, annotations: { team: 'y' } };
    assert.deepEqual((await pull(sandbox))?.sandboxConfig, sandbox);
  });

  it('sends a name and a password and no server address, which containerd would compare', async () => {
    const { username, password, serverAddress, auth } =
      (await pull({ credential: { username: 'robot', password: 'pw' } }))?.auth ?? {};
    assert.deepEqual(
      { username, password, serverAddress, auth },
      { username: 'robot', password: 'pw', serverAddress: '', auth: '' },
    );
  });

  it('takes large answers', async () => {
    assert.deepEqual(await runtime.imageStatus('app:1', call), { id: 'sha256:big' });
  });

  it('calls nobody when the signal has aborted before', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    const request = { image: 'app:1', labels: {}, annotations: {} };
    await assert.rejects(runtime.pullImage(request, { ...call, signal }), /too late/);
    assert.deepEqual(requests, []);
  });
});
