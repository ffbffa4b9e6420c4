import assert from 'node:assert/strict';
import { ADVANCED_DAEMON_SETS, PODS } from '../../../api/resources.ts';
import type { UpdateStrategy } from '../../../api/workload.ts';
import { setupPredownloadControllers } from '../../../controllers/predownload/setup.ts';
import { startControllerWorld } from '../../support/controller-world.ts';
import { template } from './objects.ts';
import {
  ALWAYS,
  edit,
  jobsIn,
  leftOut,
  observed,
  podOf,
  seedRevision,
  startRollout,
  workloadOf,
} from './rollouts.ts';
import { gates } from './world.ts';

const toV2 = { spec: { template: template('app:v2') } };
const rolling = (updateStrategy: UpdateStrategy) => ({ spec: { updateStrategy } });
const skipsOf = (events: readonly string[]): readonly string[] =>
  events.filter(text => text.includes('PreDownloadSkipped'));

describe('predownload of an Advanced DaemonSet', () => {
  for (const status of [{ daemonSetHash: 'bbb' }, { updateRevision: 'bbb' }, {}]) {
    const told = Object.keys(status)[0] ?? 'the newest revision alone';
    it(`leaves out updated pods by their bare hash, told by ${told} (W36)`, async () => {
      await using world = await startRollout(
        ADVANCED_DAEMON_SETS,
        workloadOf(ADVANCED_DAEMON_SETS),
      );
      await edit(world, ADVANCED_DAEMON_SETS, toV2);
      seedRevision(world.kube, ADVANCED_DAEMON_SETS, { hash: 'bbb', image: 'app:v2', revision: 2 });
      await observed(world, ADVANCED_DAEMON_SETS, status);
      assert.deepEqual(leftOut(world), [
        { key: 'controller-revision-hash', operator: 'NotIn', values: ['web-bbb', 'bbb'] },
      ]);
      const labels = jobsIn(world)[0]?.metadata.labels ?? {};
      assert.ok(
        Object.values(labels).every(value => value !== ''),
        'no empty label',
      );
    });
  }

  it('warms a Standard update, too: its pods come back to their nodes', async () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { rollingUpdateType: 'Standard' } };
    await using world = await startRollout(
      ADVANCED_DAEMON_SETS,
      workloadOf(ADVANCED_DAEMON_SETS, rolling(strategy)),
    );
    await edit(world, ADVANCED_DAEMON_SETS, {
      spec: {
        template: {
          ...toV2.spec.template,
          spec: { containers: [{ name: 'main', image: 'app:v2', env: [{ name: 'A' }] }] },
        },
      },
    });
    assert.equal(jobsIn(world)[0]?.spec.image, 'app:v2');
  });

  it('warms for the image that the pods lack, not for every image of its history (W36)', async () => {
    await using world = await startRollout(
      ADVANCED_DAEMON_SETS,
      workloadOf(ADVANCED_DAEMON_SETS),
      kube =>
        seedRevision(kube, ADVANCED_DAEMON_SETS, { hash: 'zzz', image: 'app:v0', revision: 0 }),
    );
    assert.deepEqual(jobsIn(world), []);
  });

  const skips: readonly (readonly [string, string, object])[] = [
    [
      'one with OnDelete, which has no rolling settings (W4)',
      'NotInPlace',
      rolling({ type: 'OnDelete' }),
    ],
    ['one on 3 nodes', 'TooFewReplicas', { status: { desiredNumberScheduled: 3 } }],
    [
      'one that updates all nodes at once',
      'SingleBatch',
      rolling({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } }),
    ],
  ];
  for (const [what, reason, more] of skips) {
    it(`warms nothing for ${what}, says why, and warms it when asked`, async () => {
      await using world = await startRollout(
        ADVANCED_DAEMON_SETS,
        workloadOf(ADVANCED_DAEMON_SETS, more),
      );
      await edit(world, ADVANCED_DAEMON_SETS, toV2);
      await observed(world, ADVANCED_DAEMON_SETS, { daemonSetHash: 'bbb' });
      assert.deepEqual(jobsIn(world), []);
      const told = skipsOf(await world.events());
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', new RegExp(`PreDownloadSkipped: ${reason}: `));
      await edit(world, ADVANCED_DAEMON_SETS, { metadata: { annotations: ALWAYS } });
      assert.equal(jobsIn(world).length, 1);
    });
  }

  it('makes nothing while its own gate is off', async () => {
    const on = { ...gates(true), PreDownloadImageForDaemonSetUpdate: false };
    await using world = await startControllerWorld(deps => setupPredownloadControllers(on, deps), {
      workloads: [ADVANCED_DAEMON_SETS],
      seed: kube => {
        const changed = workloadOf(ADVANCED_DAEMON_SETS, toV2);
        kube.seed(ADVANCED_DAEMON_SETS, changed);
        for (let i = 0; i < 5; i++) {
          kube.seed(PODS, podOf(ADVANCED_DAEMON_SETS, i, 'aaa', 'app:v1'));
        }
      },
    });
    assert.deepEqual(jobsIn(world), []);
  });
});
