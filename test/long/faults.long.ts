import { randomInt } from 'node:crypto';
import { assertCalm, assertSound } from '../cluster/faults/assert-sound.ts';
import { killRepeatedly } from '../cluster/faults/kills.ts';
import { leaderOf } from '../cluster/faults/leader-of.ts';
import type { ManagerProcess } from '../cluster/faults/manager-process.ts';
import { PullJob } from '../cluster/faults/pull-job.ts';
import { seededRandom } from '../cluster/faults/seeded-random.ts';
import { type FaultWorld, startFaultWorld } from '../cluster/faults/world.ts';
import { sleep } from '../cluster/until.ts';

/** The points of the kills; FAULT_SEED=… takes those of an earlier run. */
const SEED = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));
/** For one job, on a machine that has other things to do as well. */
const PATIENCE_MS = 900_000;

for (const { nodes, parallelism } of [
  { nodes: 2_000, parallelism: 200 },
  { nodes: 5_000, parallelism: 500 },
]) {
  describe(`a job on ${nodes} nodes ends well`, () => {
    let world: FaultWorld;
    let manager: ManagerProcess;
    before(async () => {
      world = await startFaultWorld({ nodes, pullMs: 2_000, failing: [] });
    });
    after(() => world?.[Symbol.asyncDispose]());
    afterEach(() => manager?.stop());

    it('although the API server is down for 30 s', async () => {
      const { apiServer } = world.controlPlane;
      manager = await world.startManager('manager-down');
      const job = await PullJob.create(world, { name: 'down', parallelism });
      await job.hasBegun(0.4);
      await apiServer.stop();
      await sleep(30_000);
      await apiServer.start();
      await job.succeeds(PATIENCE_MS);
      await job.leavesNothing();
      await assertSound(manager, { complaintsAtMost: 400, apiServerStarted: true });
    });

    it('although its connections die without a word, the watches with them', async () => {
      const { proxy } = world;
      manager = await world.startManager('manager-stalled');
      // A collection that has changed has bookmarks; by then each watch has had one, and its absence tells.
      const first = await PullJob.create(world, { name: 'first', parallelism, on: 'small pool' });
      await first.succeeds(PATIENCE_MS);
      await first.leavesNothing();
      await sleep(90_000);
      const job = await PullJob.create(world, { name: 'stalled', parallelism });
      await job.hasBegun(0.2);
      proxy.stall();
      await proxy.pass();
      await job.succeeds(PATIENCE_MS);
      await job.leavesNothing();
      await assertSound(manager, { complaintsAtMost: 200 });
    });

    it('although etcd is killed every 5 s for a minute', async () => {
      const { etcd } = world.controlPlane;
      manager = await world.startManager('manager-etcd');
      const job = await PullJob.create(world, { name: 'etcd', parallelism });
      await job.hasBegun(0.1);
      for (let kill = 0; kill < 12; kill++) {
        await etcd.kill();
        await sleep(1_000);
        etcd.start();
        await sleep(4_000);
      }
      await job.succeeds(PATIENCE_MS);
      await job.leavesNothing();
      await assertSound(manager, { complaintsAtMost: 1_000 });
    });

    it(`although its manager is killed 20 times (FAULT_SEED=${SEED})`, async () => {
      manager = await world.startManager('manager-killed', []);
      const job = await PullJob.create(world, { name: 'killed', parallelism });
      await killRepeatedly(manager, job, { times: 20, random: seededRandom(SEED) });
      await job.succeeds(PATIENCE_MS);
      await job.leavesNothing();
      await assertCalm(manager, { complaintsAtMost: 400 });
    });

    it('although the leader of two managers is killed ten times', async () => {
      manager = await world.startManager('manager-first');
      await using second = await world.startManager('manager-second');
      const job = await PullJob.create(world, { name: 'leaders', parallelism });
      for (let kill = 0; kill < 10; kill++) {
        await job.hasBegun(0.09 * kill);
        const leader = await leaderOf(manager, second);
        await leader.kill();
        leader.restart();
      }
      await job.succeeds(PATIENCE_MS);
      await job.leavesNothing();
    });
  });
}
