import assert from 'node:assert/strict';
import type { ImageListPullJob } from '../../../api/image-list-pull-job.ts';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import { IMAGE_LIST_PULL_JOBS, IMAGE_PULL_JOBS } from '../../../api/resources.ts';
import { setupImageListPullJobController } from '../../../controllers/image-list-pull-job/setup.ts';
import { KubeError } from '../../../kube/kube-error.ts';
import { type ControllerWorld, startControllerWorld } from '../../support/controller-world.ts';
import type { FakeKube } from '../../support/fake-kube.ts';

const IMAGES = ['busybox:2', 'nginx:1'];

function listJob(spec: Partial<ImageListPullJob['spec']> = {}, name = 'base'): ImageListPullJob {
  return {
    metadata: { namespace: 'default', name, uid: 'uid-base', generation: 1 },
    spec: { images: IMAGES, completionPolicy: { type: 'Always' }, ...spec },
  };
}

const start = (
  list: ImageListPullJob,
  seed: (kube: FakeKube) => void = () => {},
): Promise<ControllerWorld> =>
  startControllerWorld(deps => [setupImageListPullJobController(deps)], {
    seed: kube => {
      kube.seed(IMAGE_LIST_PULL_JOBS, list);
      seed(kube);
    },
  });

const children = ({ kube }: ControllerWorld): readonly ImagePullJob[] =>
  kube.readAll(IMAGE_PULL_JOBS);

const conditionsOf = ({ kube }: ControllerWorld, name = 'base') => {
  const { status } = kube.read(IMAGE_LIST_PULL_JOBS, `default/${name}`) ?? {};
  return status?.conditions?.map(
    ({ type, status: is, reason, observedGeneration }) =>
      `${type} ${is} ${reason} ${observedGeneration}`,
  );
};

const ENDED = {
  desired: 2,
  active: 0,
  succeeded: 2,
  failed: 0,
  completionTime: '2026-01-01T00:00:30Z',
};

async function endAll({ kube, run }: ControllerWorld, status: object = ENDED): Promise<void> {
  for (const { metadata } of kube.readAll<ImagePullJob>(IMAGE_PULL_JOBS)) {
    const body = { status };
    await kube.patch(IMAGE_PULL_JOBS, metadata, { type: 'merge', body }, { subresource: 'status' });
  }
  await run();
}

/** A child as OpenKruise makes it: a name of chance, its own hash of the template, defaults filled in, the TTL of the list. */
const childOfPeer = (image: string, ttlSecondsAfterFinished?: number): ImagePullJob => ({
  metadata: {
    name: `base-${image.slice(0, 3)}zz`,
    namespace: 'default',
    labels: { 'controller-revision-hash': '6c8f9d7b5d' },
    ownerReferences: [
      {
        apiVersion: 'apps.kruise.io/v1beta1',
        kind: 'ImageListPullJob',
        name: 'base',
        uid: 'uid-base',
        controller: true,
      },
    ],
  },
  spec: {
    image,
    imagePullPolicy: 'IfNotPresent',
    pullPolicy: { timeoutSeconds: 600, backoffLimit: 3 },
    completionPolicy: {
      type: 'Always',
      ...(ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished }),
    },
  },
});

describe('image-list-pull-job: at the edges', () => {
  it('keeps the full name of a list whose name is too long for a label', async () => {
    const name = `${'x'.repeat(80)}.images`;
    await using world = await start(listJob({}, name));
    const { labels, annotations } = children(world)[0]?.metadata ?? {};
    assert.ok((labels?.['headstart/list-job'] ?? '').length <= 63);
    assert.equal(annotations?.['headstart/list-job'], name);
  });

  it('fails an invalid list that came around webhooks and schema, and makes nothing of it', async () => {
    await using world = await start(listJob({ images: ['nginx:1', 'UPPER', 'nginx:1'] }));
    assert.deepEqual(children(world), []);
    assert.deepEqual(conditionsOf(world), [
      'Progressing False InvalidSpec 1',
      'Complete False InvalidSpec 1',
      'Failed True InvalidSpec 1',
    ]);
    const { status } = world.kube.read(IMAGE_LIST_PULL_JOBS, 'default/base') ?? {};
    assert.ok(status?.completionTime);
    const message = status.conditions?.at(-1)?.message ?? '';
    assert.match(message, /spec\.images\[1\].*must not repeat "nginx:1"/s);
    assert.deepEqual(await world.events(), [`Warning JobFailed: ${message}`]);
  });

  it('takes over the children that OpenKruise made, and takes their TTL away (W16)', async () => {
    const ttlSecondsAfterFinished = 60;
    const list = listJob({
      pullPolicy: { backoffLimit: 3, timeoutSeconds: 600 },
      completionPolicy: { type: 'Always', ttlSecondsAfterFinished },
    });
    await using world = await start(list, kube => {
      for (const image of IMAGES) kube.seed(IMAGE_PULL_JOBS, childOfPeer(image, 60));
    });
    assert.deepEqual(
      children(world).map(({ metadata }) => metadata.name),
      ['base-buszz', 'base-ngizz'],
    );
    for (const { spec } of children(world)) {
      assert.deepEqual(spec.completionPolicy, { type: 'Always' });
    }
  });

  it('says once that it ended, and how', async () => {
    await using world = await start(listJob());
    await endAll(world);
    const events = await world.events();
    assert.deepEqual(events.slice(2), ['Normal JobCompleted: 2 of 2 images done, 0 with failures']);
    assert.deepEqual(
      world.log.at('info').map(({ message }) => message),
      ['Created ImagePullJob', 'Created ImagePullJob', 'Completed ImageListPullJob'],
    );
  });

  it('says with which images it failed', async () => {
    await using world = await start(listJob());
    await endAll(world, { ...ENDED, succeeded: 1, failed: 1 });
    const events = (await world.events()).filter(event => event.startsWith('Warning'));
    assert.deepEqual(events, ['Warning JobFailed: 2 of 2 images done, 2 with failures']);
  });

  it('has seen an edit that comes after its end, so that kubectl wait does not wait for ever', async () => {
    await using world = await start(listJob());
    await endAll(world);
    await world.kube.patch(
      IMAGE_LIST_PULL_JOBS,
      { name: 'base', namespace: 'default' },
      { type: 'merge', body: { spec: { parallelism: 7 } } },
    );
    await world.run();
    assert.deepEqual(conditionsOf(world), [
      'Progressing False Finished 2',
      'Complete True AllImagesPulled 2',
      'Failed False NoFailures 2',
    ]);
    assert.equal(children(world)[0]?.spec.parallelism, undefined, 'what ended is not done again');
  });

  it('never writes the status of a list into another one of its name', async () => {
    await using world = await start(listJob());
    let swapped = false;
    world.kube.before = ({ resource, subresource, body }) => {
      const isEnd = JSON.stringify(body ?? '').includes('completionTime');
      if (resource !== 'imagelistpulljobs' || !subresource || !isEnd || swapped) return;
      swapped = true;
      return world.kube
        .delete(IMAGE_LIST_PULL_JOBS, { name: 'base', namespace: 'default' })
        .then(async () => {
          const { metadata, spec } = listJob({ images: ['redis:3'] });
          await world.kube.create(IMAGE_LIST_PULL_JOBS, {
            metadata: { ...metadata, uid: '' },
            spec,
          });
        });
    };
    await endAll(world);
    world.kube.before = () => {};
    await world.run(5_000);
    const { status } = world.kube.read(IMAGE_LIST_PULL_JOBS, 'default/base') ?? {};
    assert.ok(swapped);
    assert.equal(status?.completionTime, undefined);
    assert.equal(status?.desired, 1);
  });

  it('Never: counts an image while its nodes are served, and never ends', async () => {
    await using world = await start(listJob({ completionPolicy: { type: 'Never' } }));
    await endAll(world, { desired: 2, active: 0, succeeded: 2, failed: 0 });
    const { status } = world.kube.read(IMAGE_LIST_PULL_JOBS, 'default/base') ?? {};
    assert.deepEqual([status?.completed, status?.completionTime], [2, undefined]);
  });

  it('tries a child that could not be created again, says so, and goes on with the others', async () => {
    await using world = await start(listJob(), kube => {
      let failures = 1;
      kube.before = ({ verb, body }) => {
        const { spec } = (body ?? {}) as Partial<ImagePullJob>;
        if (verb !== 'create' || spec?.image !== 'busybox:2' || failures-- <= 0) return;
        throw new KubeError('quota exceeded', { status: 403, reason: 'Forbidden' });
      };
    });
    await world.run(60_000);
    assert.equal(children(world).length, 2);
    const events = await world.events();
    assert.ok(events.some(event => event.startsWith('Warning FailedCreateImagePullJob')));
  });

  it('TTL 0 deletes it as soon as it ended, and its children with it', async () => {
    const completionPolicy = { type: 'Always', ttlSecondsAfterFinished: 0 } as const;
    await using world = await start(listJob({ completionPolicy }));
    await endAll(world);
    assert.deepEqual(world.kube.readAll(IMAGE_LIST_PULL_JOBS), []);
    assert.deepEqual(children(world), []);
  });
});
