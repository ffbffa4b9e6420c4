import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type CriError, UnimplementedError } from '../../daemon/cri/cri-error.ts';
import { createGrpcRuntime } from '../../daemon/cri/grpc-runtime.ts';
import { systemClock } from '../../runtime/clock.ts';
import { type CriServer, startCriServer } from '../../sim/cri-server.ts';
import { NetworkModel } from '../../sim/network-model.ts';
import { RegistryModel } from '../../sim/registry-model.ts';
import { type ImageServiceWorld, imageServiceSuite } from '../conformance/image-service.suite.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const clock = systemClock;

describe('simulated CRI server', () => {
  describe('as a container runtime', () => imageServiceSuite(startWorld));

  describe('when told to', () => {
    let server: CriServer;
    let runtime: ReturnType<typeof createGrpcRuntime>;
    const registry = new RegistryModel({ anyImageSizeBytes: 0 });
    const call = (deadlineMs = 2_000) => ({ signal: new AbortController().signal, deadlineMs });
    const pull = (deadlineMs?: number) =>
      runtime.pullImage({ image: 'app:1', labels: {}, annotations: {} }, call(deadlineMs));

    let removeFolder: () => PromiseLike<void>;
    beforeEach(async () => {
      const folder = await makeTempFolder();
      removeFolder = () => folder[Symbol.asyncDispose]();
      const network = new NetworkModel({ clock });
      const socketPath = join(folder.path, 'cri.sock');
      server = await startCriServer({ socketPath }, { clock, network, registry });
      runtime = createGrpcRuntime(socketPath, { clock });
    });
    afterEach(async () => {
      runtime.close();
      await server.stop();
      await removeFolder();
    });

    it('fails a call', async () => {
      const details = 'failed to copy: write /var/lib/x: no space left on device';
      server.faultOf = ({ method, image }) =>
        method === 'PullImage' && image === 'app:1'
          ? { kind: 'fail', code: 2, details }
          : undefined;
      await assert.rejects(pull(), (error: CriError) => error.reason === 'DiskFull');
    });

    it('delays a call', async () => {
      server.faultOf = () => ({ kind: 'delay', ms: 30 });
      const before = performance.now();
      await pull();
      assert.ok(performance.now() - before >= 29);
    });

    it('never answers a call', async () => {
      server.faultOf = () => ({ kind: 'hang' });
      await assert.rejects(pull(50), (error: CriError) => error.reason === 'Timeout');
      assert.equal(server.runtime.counters.pulls, 0);
    });

    it('speaks nothing but CRI, and is asked for leases once', async () => {
      await server.stop();
      const { socketPath } = server;
      const network = new NetworkModel({ clock });
      server = await startCriServer(
        { socketPath, isContainerd: false },
        { clock, network, registry },
      );
      const refusal = async (work: Promise<unknown>): Promise<unknown> =>
        work.then(() => undefined).catch((error: unknown) => error);
      const first = await refusal(runtime.store.leasesWith('x', call()));
      assert.ok(first instanceof UnimplementedError);
      const second = await refusal(runtime.store.createLease({}, call()));
      assert.equal(second, first, 'it was asked again');
      assert.match(await pull(), /^sha256:/);
    });

    it('drops running calls when it stops, and has its images when it is back', async () => {
      await pull();
      server.faultOf = ({ method }) => (method === 'PullImage' ? { kind: 'hang' } : undefined);
      const pulling = pull();
      await clock.sleep(20);
      await server.stop();
      await assert.rejects(pulling, (error: CriError) => error.reason === 'RuntimeUnavailable');
      await assert.rejects(pull(), (error: CriError) => error.reason === 'RuntimeUnavailable');
      await server.start();
      await runtime.version(call());
      assert.notEqual(await runtime.imageStatus('docker.io/library/app:1', call()), undefined);
    });
  });
});

/** Of 10 MB/s, so that the slow image takes 0.4 s. */
async function startWorld(): Promise<ImageServiceWorld> {
  const folder = await makeTempFolder();
  const registry = new RegistryModel();
  const socketPath = join(folder.path, 'cri.sock');
  const downlink = { name: 'node', bytesPerSecond: 10_000_000 };
  const network = new NetworkModel({ clock });
  const server = await startCriServer({ socketPath }, { clock, network, registry, downlink });
  const push = (reference: string, sizeBytes: number) => ({
    reference,
    digest: registry.push(reference, { sizeBytes }).digest,
  });
  const credential = { username: 'robot', password: 'let-me-pull' };
  registry.protect('reg.test/locked', { [credential.username]: credential.password });
  return {
    socketPath,
    image: push('reg.test/team/app:1', 10_000),
    slowImage: push('reg.test/team/slow:1', 4_000_000),
    lockedImage: { ...push('reg.test/locked:1', 10_000), credential },
    downloads: ({ reference }) => server.runtime.counters.downloads.get(reference) ?? 0,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}
