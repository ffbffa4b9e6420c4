import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { type DaemonWorld, startDaemonWorld } from './daemon-world.ts';
import { tagSpec } from './node-images.ts';

describe('daemon, its limits', () => {
  let world: DaemonWorld;
  beforeEach(async () => {
    world = await startDaemonWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  it('pulls from one registry at most as much at once as it may, and from another meanwhile', async () => {
    const names = ['nginx', 'redis', 'quay.io/team/app'];
    for (const name of names) world.push(`${name}:1`, 2);
    await world.want(Object.fromEntries(names.map(name => [name, [tagSpec('1')]])));
    world.startDaemon({ maxConcurrentPulls: 3, maxConcurrentPullsPerRegistry: 1 });
    await world.until('all', () => world.nodeImage?.status?.succeeded === 3);
    assert.equal(world.cri.runtime.counters.mostPulling, 2);
  });

  it('starts with what was asked for first', async () => {
    const day = (n: number): string => `2026-01-0${n}T00:00:00Z`;
    const asked: string[] = [];
    world.cri.faultOf = ({ method, image }) => {
      if (method === 'PullImage') asked.push(image);
      return undefined;
    };
    const tags = [3, 1, 2];
    for (const tag of tags) world.push(`nginx:${tag}`, 1);
    await world.want({
      nginx: tags.map(n => tagSpec(`${n}`, { createdAt: day(n), imagePullPolicy: 'Always' })),
    });
    world.startDaemon({ maxConcurrentPulls: 1 });
    await world.until('all', () => world.nodeImage?.status?.succeeded === 3);
    assert.deepEqual(asked, ['nginx:1', 'nginx:2', 'nginx:3']);
  });

  it('tells in the status that it waits for room on the disk', async () => {
    world.push('nginx:1');
    await world.want({ nginx: [tagSpec('1')] });
    world.startDaemon({ imageFsDir: tmpdir(), imageFsHighWater: 0 });
    const held = await world.until('the reason', () => {
      const status = world.tag('nginx', '1');
      return status?.reason === 'InsufficientDisk' && status;
    });
    assert.equal(held.phase, 'Waiting');
    assert.match(held.message ?? '', /^the image file system is \d+ % full/);
    assert.equal(world.cri.runtime.counters.pulls, 0);
  });

  it('counts what it does', async () => {
    world.push('nginx:1', 5);
    await world.want({ nginx: [tagSpec('1')], redis: [tagSpec('7')] });
    world.startDaemon();
    await world.result('nginx', '1');
    await world.result('redis', '7');
    const text = await world.metrics.exposition();
    for (const line of [
      /^headstart_pulls_total\{.*result="Pulled".*\} 1$/m,
      /^headstart_pulls_total\{.*result="NotFound".*\} 1$/m,
      /^headstart_pull_bytes_total\{registry="docker.io"\} 5000000$/m,
      /^headstart_pull_retries_total\{reason="NotFound"\} 1$/m,
      /^headstart_pulls_in_flight 0$/m,
      /^headstart_pulls_queued 0$/m,
      /^headstart_cri_request_duration_seconds_count\{.*method="PullImage".*result="ok".*\} 1$/m,
      /^headstart_status_writes_total\{result="written"\} [1-9]/m,
    ]) {
      assert.match(text, line);
    }
  });
});
