import assert from 'node:assert/strict';
import { createGrpcRuntime } from '../../daemon/cri/grpc-runtime.ts';
import { systemClock } from '../../runtime/clock.ts';
import { type DaemonSuiteWorld, daemonSuite } from '../conformance/daemon.suite.ts';
import { BYTES_PER_SECOND, startDaemonWorld } from './daemon-world.ts';
import { tagSpec } from './node-images.ts';

describe('daemon on a simulated runtime', () => daemonSuite(startWorld));

describe('daemon on a runtime that speaks nothing but CRI', () => {
  it('pulls all the same, and does not say how far it is', async () => {
    await using world = await startDaemonWorld({ isContainerd: false });
    world.push('nginx:1', 20);
    await world.want({ nginx: [tagSpec('1')] });
    world.startDaemon();
    await world.pass(10_000);
    const { phase, progress, bytesDone, message } = world.tag('nginx', '1') ?? {};
    assert.deepEqual(
      { phase, progress, bytesDone, message },
      { phase: 'Pulling', progress: undefined, bytesDone: undefined, message: undefined },
    );
    assert.equal((await world.result('nginx', '1')).progress, 100);
  });

  it('downloads again what a timeout cut off: only a lease keeps it', async () => {
    await using world = await startDaemonWorld({ isContainerd: false });
    world.push('nginx:1', 3);
    const pullPolicy = { timeoutSeconds: 2, backoffLimit: 1 };
    await world.want({ nginx: [tagSpec('1', { pullPolicy })] });
    world.startDaemon();
    const { phase, reason } = await world.result('nginx', '1');
    assert.deepEqual([phase, reason], ['Failed', 'Timeout']);
    assert.ok(world.cri.runtime.counters.downloadedBytes > 3 * BYTES_PER_SECOND);
  });
});

/** Time stands still unless somebody waits, and a daemon that is killed is one whose calls are dropped. */
async function startWorld(): Promise<DaemonSuiteWorld> {
  const world = await startDaemonWorld();
  const { cri, registry } = world;
  const client = createGrpcRuntime(cri.socketPath, { clock: systemClock });
  const { runtime } = cri;
  return {
    async push(name, seconds, ...tags) {
      const bytes = seconds * BYTES_PER_SECOND;
      const layers = ['base', 'app'].map(layer => ({
        digest: `sha256:${layer}-${name}`,
        sizeBytes: bytes / 2,
      }));
      const [image] = tags.map(tag => registry.push(`reg.test/${name}:${tag}`, { layers }));
      return { name: `reg.test/${name}`, digest: image?.digest ?? '', bytes };
    },
    want: images => world.want(images),
    status: async (name, tag) => world.tag(name, tag),
    sentBytes: () => {
      runtime.updateContent();
      return runtime.counters.downloadedBytes;
    },
    slackBytes: 0,
    unwrittenBytes: 0,
    async until(what, probe) {
      for (let waitedMs = 0; waitedMs < 120_000; waitedMs += 100) {
        const found = await probe();
        if (found !== undefined && found !== false) return found;
        await world.pass(100);
      }
      return assert.fail(`never came: ${what}`);
    },
    startDaemon: async () => void world.startDaemon(),
    killDaemon: () => world.stopDaemon(),
    stopRuntime: () => cri.stop(),
    startRuntime: () => cri.start(),
    freezeRuntime: () => {
      cri.faultOf = () => ({ kind: 'hang' });
    },
    thawRuntime: () => {
      cri.faultOf = () => undefined;
    },
    store: client.store,
    [Symbol.asyncDispose]: async () => {
      client.close();
      await world[Symbol.asyncDispose]();
    },
  };
}
