import assert from 'node:assert/strict';
import { CLONE_SETS } from '../../../api/resources.ts';
import { cloneSet } from './objects.ts';
import { observe, setImage, start, updatePod, web } from './world.ts';

describe('predownload of a workload that rests', () => {
  it('W7: asks the API server for nothing and writes nothing, however often its status changes', async () => {
    await using world = await start(cloneSet());
    const before = world.kube.requests.length;
    for (let readyReplicas = 0; readyReplicas < 5; readyReplicas++) {
      const body = { status: { readyReplicas } };
      await world.kube.patch(CLONE_SETS, web, { type: 'merge', body }, { subresource: 'status' });
      await world.run(1_000);
    }
    assert.equal(world.kube.requests.length, before + 5, 'only those of the test');
  });

  it('W7: deletes the job of a rollout that ended once', async () => {
    await using world = await start(cloneSet());
    await setImage(world, 'app:v2');
    await observe(world, 'web-new');
    for (const index of [0, 1, 2, 3, 4]) await updatePod(world, index, 'new', 'app:v2');
    await observe(world, 'web-new', { currentRevision: 'web-new' });
    await world.run(60_000);
    const deletes = world.kube.requests.filter(({ verb }) => verb === 'delete');
    assert.equal(deletes.length, 1);
  });
});
