import assert from 'node:assert/strict';
import { createGrpcRuntime } from '../../daemon/cri/grpc-runtime.ts';
import { systemClock } from '../../runtime/clock.ts';
import { type DaemonSuiteWorld, daemonSuite } from '../conformance/daemon.suite.ts';
import { BYTES_PER_SECOND, startDaemonWorld } from './daemon-world.ts';

describe('daemon on a simulated runtime', () => daemonSuite(startWorld));

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
