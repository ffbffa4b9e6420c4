import assert from 'node:assert/strict';
import { daemon } from '../../bench/daemon.ts';

/** Small: that it works is shown here, how fast and how small the daemon is by `npm run bench -- daemon`. */
const TINY = { idleSeconds: 5 };

describe('npm run bench, daemon', () => {
  it('measures latencies, memory and CPU of the bundled daemon, and what a real containerd fetches twice', async () => {
    const result = await daemon.run({ ...daemon.defaults, ...TINY });
    const figure = (name: string): number => {
      const value = result[name];
      assert.ok(typeof value === 'number' && Number.isFinite(value), name);
      return value;
    };
    const within = (name: string, low: number, high: number): void => {
      const value = figure(name);
      assert.ok(value >= low && value < high, `${name}: ${value}`);
    };
    // What was on its way on the connections that a restart cuts; a layer has 4 MB.
    within('refetchedBytes', 0, 500_000);
    within('idleRssMb', 20, 100);
    within('rss200TagsMb', 20, 120);
    within('startToFirstPullMs', 100, 20_000);
    within('idleCpuPercent', 0, 10);
    within('writeToPullMs', -1_000, 5_000);
    within('pullEndToStatusMs', 0, 5_000);
  });
});
