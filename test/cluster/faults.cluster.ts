import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { assertCalm, assertSound } from './faults/assert-sound.ts';
import { throttleManager } from './faults/flow-control.ts';
import { killRepeatedly } from './faults/kills.ts';
import { leaderOf } from './faults/leader-of.ts';
import type { ManagerProcess } from './faults/manager-process.ts';
import { PullJob } from './faults/pull-job.ts';
import { conflictsOf, SECOND_WRITERS_IMAGE, startSecondWriter } from './faults/second-writer.ts';
import { seededRandom } from './faults/seeded-random.ts';
import { type FaultWorld, SMALL_POOL, startFaultWorld } from './faults/world.ts';
import { sleep } from './until.ts';

/** The points of the kills; FAULT_SEED=… takes those of an earlier run. */
const SEED = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));
/** A job takes 10 s where nothing else runs. */
const PATIENCE_MS = 180_000;

describe('a job whose manager runs under the shipped ServiceAccount ends well', () => {
  let world: FaultWorld;
  let manager: ManagerProcess;
  before(async () => {
    world = await startFaultWorld({ nodes: 500, pullMs: 200, failing: [SECOND_WRITERS_IMAGE] });
  });
  after(() => world?.[Symbol.asyncDispose]());
  afterEach(() => manager?.stop());

  it('when nothing happens, without a word of complaint', async () => {
    manager = await world.startManager('manager-calm');
    const job = await PullJob.create(world, { name: 'calm', parallelism: 50, on: 'small pool' });
    await job.succeeds(PATIENCE_MS);
    await job.leavesNothing();
    await assertSound(manager, { complaintsAtMost: 0 });
    assert.equal(await manager.stop(), 0);
  });

  it('although etcd is stopped and killed', async () => {
    const { etcd } = world.controlPlane;
    manager = await world.startManager('manager-etcd');
    const job = await PullJob.create(world, { name: 'etcd', parallelism: 50 });
    await job.hasBegun(0.2);
    await etcd.stop();
    await sleep(2_000);
    etcd.start();
    await job.hasBegun(0.6);
    await etcd.kill();
    etcd.start();
    await job.succeeds(PATIENCE_MS);
    await job.leavesNothing();
    await assertSound(manager, { complaintsAtMost: 200 });
  });

  it('although its connections are cut, stalled and refused', async () => {
    const { proxy } = world;
    manager = await world.startManager('manager-cut');
    const job = await PullJob.create(world, { name: 'cut', parallelism: 50 });
    await job.hasBegun(0.1);
    for (let cut = 0; cut < 8; cut++) {
      proxy.cut();
      await sleep(400);
    }
    proxy.stall();
    await sleep(3_000);
    await proxy.refuse();
    await sleep(1_000);
    await proxy.pass();
    await job.succeeds(PATIENCE_MS);
    await job.leavesNothing();
    await assertSound(manager, { complaintsAtMost: 400 });
  });

  it('although somebody else writes its NodeImages all the time, of whose writes none is lost', async () => {
    manager = await world.startManager('manager-conflicts');
    const before = await conflictsOf(world);
    const names = Array.from({ length: SMALL_POOL.size }, (_, index) => `node-${index + 1}`);
    const writer = startSecondWriter(world, names);
    const job = await PullJob.create(world, {
      name: 'conflicts',
      parallelism: 20,
      on: 'small pool',
    });
    await job.succeeds(PATIENCE_MS);
    await writer.stop();
    const conflicts = (await conflictsOf(world)) - before;
    assert.ok(conflicts > 10, `${conflicts} conflicts`);
    await job.leavesNothing();
    await writer.keptEverything();
    await writer.cleanUp();
    await assertSound(manager, { complaintsAtMost: 50 });
  });

  it('although the API server turns its requests away with Retry-After', async () => {
    manager = await world.startManager('manager-throttled');
    const options = { name: 'throttled', parallelism: 50, on: 'small pool' } as const;
    const flowControl = await throttleManager(world);
    const startedAt = performance.now();
    const job = await PullJob.create(world, options);
    await job.succeeds(PATIENCE_MS);
    const seconds = (performance.now() - startedAt) / 1000;
    const rejected = await flowControl.rejected();
    await flowControl[Symbol.asyncDispose]();
    // It has 32 writes in flight, and whoever is turned away waits a second or more.
    assert.ok(rejected > 10 && rejected < 40 * seconds, `${rejected} requests in ${seconds} s`);
    await job.leavesNothing();
    await assertSound(manager, { complaintsAtMost: 50 });
  });

  it('although the API server is down for 30 s, in which nobody leads', async () => {
    const { apiServer } = world.controlPlane;
    manager = await world.startManager('manager-down');
    const job = await PullJob.create(world, { name: 'down', parallelism: 50 });
    await job.hasBegun(0.4);
    await apiServer.stop();
    await sleep(15_000);
    assert.equal(await manager.isLeader(), false);
    await sleep(15_000);
    await apiServer.start();
    await job.succeeds(PATIENCE_MS);
    await leaderOf(manager);
    await job.leavesNothing();
    await assertSound(manager, { complaintsAtMost: 300, apiServerStarted: true });
  });

  it(`although its manager is killed 20 times (FAULT_SEED=${SEED})`, async () => {
    manager = await world.startManager('manager-killed', []);
    const job = await PullJob.create(world, { name: 'killed', parallelism: 20 });
    await killRepeatedly(manager, job, { times: 20, random: seededRandom(SEED) });
    await job.succeeds(PATIENCE_MS);
    await job.leavesNothing();
    await assertCalm(manager, { complaintsAtMost: 50 });
  });

  it('although the leader of two managers is killed again and again', async () => {
    const flags = ['--leader-elect', '--lease-seconds=4'];
    manager = await world.startManager('manager-first', flags);
    await using second = await world.startManager('manager-second', flags);
    const job = await PullJob.create(world, { name: 'leaders', parallelism: 10, on: 'small pool' });
    for (const share of [0.2, 0.5, 0.8]) {
      await job.hasBegun(share);
      const leader = await leaderOf(manager, second);
      await leader.kill();
      leader.restart();
    }
    await job.succeeds(PATIENCE_MS);
    await job.leavesNothing();
    await leaderOf(manager, second);
  });
});
