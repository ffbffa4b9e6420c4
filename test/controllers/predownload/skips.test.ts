import assert from 'node:assert/strict';
import { ANNOTATION_PREDOWNLOAD } from '../../../api/names.ts';
import { CLONE_SETS } from '../../../api/resources.ts';
import { cloneSet } from './objects.ts';
import { jobs, observe, onlyJob, setImage, start, web } from './world.ts';

describe('predownload preconditions', () => {
  const skips = [
    {
      what: 'a workload of 3 replicas',
      reason: 'TooFewReplicas',
      workload: cloneSet({ replicas: 3 }),
    },
    {
      what: 'a ReCreate update',
      reason: 'NotInPlace',
      workload: cloneSet({ updateStrategy: { type: 'ReCreate' } }),
    },
    {
      what: 'a rollout in one batch',
      reason: 'SingleBatch',
      workload: cloneSet({ updateStrategy: { type: 'InPlaceIfPossible', maxUnavailable: '100%' } }),
    },
  ];
  for (const { what, reason, workload } of skips) {
    it(`warms nothing for ${what} and says why in one Event`, async () => {
      await using world = await start(workload);
      await setImage(world, 'app:v2');
      await observe(world, 'web-v2');
      await observe(world, 'web-v2', { replicas: 4 });
      assert.deepEqual(jobs(world), []);
      const told = (await world.events()).filter(text => text.includes('PreDownloadSkipped'));
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', new RegExp(`^Normal PreDownloadSkipped: ${reason}: `));
    });
  }

  it('warms a ReCreate update of 2 replicas that asks for it', async () => {
    const annotations = { [ANNOTATION_PREDOWNLOAD]: 'always' };
    await using world = await start(
      cloneSet({ replicas: 2, annotations, updateStrategy: { type: 'ReCreate' } }),
    );
    await setImage(world, 'app:v2');
    assert.equal(onlyJob(world).spec.image, 'app:v2');
  });

  it('deletes the job when the workload says never', async () => {
    await using world = await start(cloneSet());
    await setImage(world, 'app:v2');
    await world.kube.patch(CLONE_SETS, web, {
      type: 'merge',
      body: { metadata: { annotations: { [ANNOTATION_PREDOWNLOAD]: 'never' } } },
    });
    await world.run();
    assert.deepEqual(jobs(world), []);
  });

  const MIN_READY = 'apps.kruise.io/image-predownload-min-updated-ready-pods';
  const inPlace = { imagePreDownloadMinUpdatedReadyPods: 2 };
  const rollingUpdate = { podUpdatePolicy: 'InPlaceIfPossible', maxUnavailable: 1 };
  const fields = { ...rollingUpdate, inPlaceUpdateStrategy: inPlace };
  for (const [how, options] of [
    ['a number', { annotations: { [MIN_READY]: '2' } }],
    ['a percentage, rounded up', { annotations: { [MIN_READY]: '30%' } }],
    [
      'a field, which wins over the annotation',
      {
        annotations: { [MIN_READY]: '5' },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: fields },
      },
    ],
  ] as const) {
    it(`waits until 2 of 5 updated pods are ready, asked for by ${how}, and says so`, async () => {
      await using world = await start(cloneSet(options));
      await setImage(world, 'app:v2');
      await observe(world, 'web-v2', { updatedReadyReplicas: 1 });
      assert.deepEqual(jobs(world), []);
      const told = (await world.events()).filter(text => text.includes('PreDownloadSkipped'));
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', /TooFewUpdatedReadyPods: .* 2 are required/);
      await observe(world, 'web-v2', { updatedReadyReplicas: 2 });
      assert.equal(onlyJob(world).spec.image, 'app:v2');
      await observe(world, 'web-v2', { updatedReadyReplicas: 1 });
      assert.equal(jobs(world).length, 1, 'a job that runs goes on');
    });
  }

  it('takes the ladder again when a workload grows above 3 replicas (W9)', async () => {
    await using world = await start(cloneSet({ replicas: 3 }));
    await setImage(world, 'app:v2');
    assert.deepEqual(jobs(world), []);
    await world.kube.patch(CLONE_SETS, web, { type: 'merge', body: { spec: { replicas: 4 } } });
    await world.run();
    assert.equal(jobs(world).length, 1);
  });
});
