import assert from 'node:assert/strict';
import type { ImageListPullJob } from '../../../api/image-list-pull-job.ts';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import { IMAGE_LIST_PULL_JOBS, IMAGE_PULL_JOBS } from '../../../api/resources.ts';
import { setupImageListPullJobController } from '../../../controllers/image-list-pull-job/setup.ts';
import { type ControllerWorld, startControllerWorld } from '../../support/controller-world.ts';

const IMAGES = ['nginx:1', 'busybox:2', 'redis:3'];
const key = { namespace: 'default', name: 'base' };

function listJob(spec: Partial<ImageListPullJob['spec']> = {}): ImageListPullJob {
  return {
    metadata: { ...key, uid: 'uid-base', generation: 1 },
    spec: { images: IMAGES, parallelism: 2, completionPolicy: { type: 'Always' }, ...spec },
  };
}

const start = (list: ImageListPullJob): Promise<ControllerWorld> =>
  startControllerWorld(deps => [setupImageListPullJobController(deps)], {
    seed: kube => kube.seed(IMAGE_LIST_PULL_JOBS, list),
  });
const children = ({ kube }: ControllerWorld): readonly ImagePullJob[] =>
  kube.readAll(IMAGE_PULL_JOBS);
const listed = ({ kube }: ControllerWorld): ImageListPullJob => {
  const list = kube.read(IMAGE_LIST_PULL_JOBS, 'default/base');
  assert.ok(list !== undefined);
  return list;
};
const child = (world: ControllerWorld, image: string): ImagePullJob => {
  const found = children(world).find(job => job.spec.image === image);
  assert.ok(found !== undefined, `no child for ${image}`);
  return found;
};

async function finish(world: ControllerWorld, image: string, failed = 0): Promise<void> {
  const status = {
    desired: 4,
    active: 0,
    succeeded: 4 - failed,
    failed,
    completionTime: '2026-01-01T00:01:00Z',
    message: failed === 0 ? 'job has completed' : 'job has completed: 1 failed (NotFound)',
  };
  await world.kube.patch(
    IMAGE_PULL_JOBS,
    child(world, image).metadata,
    { type: 'merge', body: { status } },
    { subresource: 'status' },
  );
  await world.run();
}

describe('image-list-pull-job', () => {
  it('makes one job for each image, owned and labelled', async () => {
    await using world = await start(listJob());
    assert.deepEqual(
      children(world)
        .map(job => job.spec.image)
        .sort(),
      [...IMAGES].sort(),
    );
    const { metadata, spec } = child(world, 'nginx:1');
    assert.equal(metadata.ownerReferences?.[0]?.uid, 'uid-base');
    assert.equal(metadata.labels?.['headstart/list-job'], 'base');
    assert.equal(spec.parallelism, 2);
  });

  it('gives children no TTL, so that one that ends early is not made again (W16)', async () => {
    await using world = await start(
      listJob({ completionPolicy: { type: 'Always', ttlSecondsAfterFinished: 1 } }),
    );
    assert.deepEqual(child(world, 'nginx:1').spec.completionPolicy, { type: 'Always' });
    await finish(world, 'nginx:1');
    await world.run(60_000);
    assert.equal(children(world).length, 3);
  });

  it('counts its children and completes with the last', async () => {
    await using world = await start(listJob());
    await finish(world, 'nginx:1');
    await finish(world, 'redis:3');
    assert.equal(listed(world).status?.completed, 2);
    assert.equal(listed(world).status?.completionTime, undefined);
    await finish(world, 'busybox:2');
    const { status } = listed(world);
    assert.equal(status?.succeeded, 3);
    assert.ok(status?.completionTime !== undefined);
    assert.equal(status.conditions?.find(({ type }) => type === 'Complete')?.status, 'True');
  });

  it('lists failed images sorted, whatever the order in which they failed (W23)', async () => {
    await using world = await start(listJob());
    await finish(world, 'redis:3', 1);
    await finish(world, 'busybox:2', 4);
    await finish(world, 'nginx:1');
    const { status } = listed(world);
    assert.deepEqual(
      status?.failedImageStatuses?.map(({ name }) => name),
      ['busybox:2', 'redis:3'],
    );
    assert.equal(
      status?.failedImageStatuses?.[0]?.message,
      'job has completed: 1 failed (NotFound)',
    );
    assert.equal(status?.conditions?.find(({ type }) => type === 'Failed')?.status, 'True');
    assert.equal(status?.succeeded, 1);
  });

  it('makes and removes children when images are edited, and counts only current ones (W24)', async () => {
    await using world = await start(listJob());
    await finish(world, 'nginx:1');
    const images = ['busybox:2', 'redis:3', 'memcached:4'];
    await world.kube.patch(IMAGE_LIST_PULL_JOBS, key, {
      type: 'merge',
      body: { spec: { images } },
    });
    await world.run();
    assert.deepEqual(
      children(world)
        .map(job => job.spec.image)
        .sort(),
      [...images].sort(),
    );
    assert.equal(listed(world).status?.completed, 0);
  });

  it('replaces its children when the template changes', async () => {
    await using world = await start(listJob());
    const before = child(world, 'nginx:1').metadata.name;
    await world.kube.patch(IMAGE_LIST_PULL_JOBS, key, {
      type: 'merge',
      body: { spec: { parallelism: 5 } },
    });
    await world.run();
    assert.equal(children(world).length, 3);
    assert.equal(child(world, 'nginx:1').spec.parallelism, 5);
    assert.notEqual(child(world, 'nginx:1').metadata.name, before);
  });

  it('makes nothing for a list that is being deleted in the foreground (W24)', async () => {
    await using world = await start(listJob());
    await world.kube.delete(IMAGE_LIST_PULL_JOBS, key, { propagationPolicy: 'Foreground' });
    await world.run(60_000);
    assert.deepEqual(children(world), []);
  });

  it('goes, with its children, when its TTL has passed', async () => {
    await using world = await start(
      listJob({ completionPolicy: { type: 'Always', ttlSecondsAfterFinished: 30 } }),
    );
    for (const image of IMAGES) await finish(world, image);
    await world.run(29_000);
    assert.equal(world.kube.readAll(IMAGE_LIST_PULL_JOBS).length, 1);
    await world.run(2_000);
    assert.deepEqual(world.kube.readAll(IMAGE_LIST_PULL_JOBS), []);
  });

  it('writes its status only when something changed', async () => {
    await using world = await start(listJob());
    await finish(world, 'nginx:1');
    const before = world.kube.writes.length;
    await world.kube.patch(IMAGE_PULL_JOBS, child(world, 'nginx:1').metadata, {
      type: 'merge',
      body: { metadata: { annotations: { note: 'x' } } },
    });
    await world.run();
    assert.equal(world.kube.writes.length, before + 1);
  });
});
