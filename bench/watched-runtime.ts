import { join } from 'node:path';
import { systemClock } from '../runtime/clock.ts';
import { startCriServer } from '../sim/cri-server.ts';
import { NetworkModel } from '../sim/network-model.ts';
import { RegistryModel } from '../sim/registry-model.ts';
import type { DaemonMachine } from '../test/cluster/daemon-machine.ts';

/** A simulated container runtime in this process: no real one tells when it was called, and how long it needs. */
export interface WatchedRuntime {
  readonly socketPath: string;
  /** Resolves with the time, of performance.now(), at which the next PullImage of `image` comes. */
  nextPull(image: string): Promise<number>;
}

/** One byte a millisecond, so that an image has as many bytes as its pull takes milliseconds. */
const BYTES_PER_SECOND = 1_000;

/** Starts one that has any image pulled in `pullMs`; it ends with `machine`. */
export async function startWatchedRuntime(
  pullMs: number,
  { folder, cleanup }: DaemonMachine,
): Promise<WatchedRuntime> {
  const clock = systemClock;
  const server = await startCriServer(
    { socketPath: join(folder, 'bench.sock') },
    {
      clock,
      network: new NetworkModel({ clock }),
      registry: new RegistryModel({ anyImageSizeBytes: pullMs }),
      downlink: { name: 'bench', bytesPerSecond: BYTES_PER_SECOND },
    },
  );
  cleanup.defer('simulated runtime', () => server[Symbol.asyncDispose]());
  const waiting = new Map<string, (atMs: number) => void>();
  server.faultOf = ({ method, image }) => {
    if (method !== 'PullImage') return undefined;
    waiting.get(image)?.(performance.now());
    waiting.delete(image);
    return undefined;
  };
  return {
    socketPath: server.socketPath,
    nextPull: image => new Promise(resolve => void waiting.set(image, resolve)),
  };
}
