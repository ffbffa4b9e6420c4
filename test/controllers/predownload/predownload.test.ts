import assert from 'node:assert/strict';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import {
  ANNOTATION_PARALLELISM,
  ANNOTATION_PREDOWNLOAD,
  ANNOTATION_TIMEOUT_SECONDS,
} from '../../../api/names.ts';
import { CLONE_SETS, IMAGE_PULL_JOBS, PODS, SERVICE_ACCOUNTS } from '../../../api/resources.ts';
import type { Workload } from '../../../api/workload.ts';
import { jobNameFor } from '../../../controllers/predownload/jobs.ts';
import { setupPredownloadControllers } from '../../../controllers/predownload/setup.ts';
import { KubeError } from '../../../kube/kube-error.ts';
import { type ControllerWorld, startControllerWorld } from '../../support/controller-world.ts';
import type { FakeKube } from '../../support/fake-kube.ts';
import { cloneSet, pod, seedRunning, template } from './objects.ts';

const start = (
  workload: Workload,
  seed: (kube: FakeKube) => void = () => {},
  enabled = true,
): Promise<ControllerWorld> =>
  startControllerWorld(deps => setupPredownloadControllers({ enabled }, deps), {
    workloads: [CLONE_SETS],
    seed: kube => {
      seedRunning(kube);
      seed(kube);
      kube.seed(CLONE_SETS, workload);
    },
  });

const jobs = ({ kube }: ControllerWorld): readonly ImagePullJob[] => kube.readAll(IMAGE_PULL_JOBS);
const onlyJob = (world: ControllerWorld): ImagePullJob => {
  const [job, ...others] = jobs(world);
  assert.ok(
    job !== undefined && others.length === 0,
    `expected one job, got ${jobs(world).length}`,
  );
  return job;
};
const web = { namespace: 'default', name: 'web' };

async function setImage({ kube, run }: ControllerWorld, image: string): Promise<void> {
  await kube.patch(CLONE_SETS, web, {
    type: 'merge',
    body: { spec: { template: template(image) } },
  });
  await run();
}

async function observe(
  { kube, run }: ControllerWorld,
  revision: string,
  more: object = {},
): Promise<void> {
  const generation = kube.read(CLONE_SETS, 'default/web')?.metadata.generation;
  const status = { observedGeneration: generation, updateRevision: revision, ...more };
  await kube.patch(CLONE_SETS, web, { type: 'merge', body: { status } }, { subresource: 'status' });
  await run();
}

async function updatePod(
  { kube, run }: ControllerWorld,
  index: number,
  revision: string,
  image: string,
): Promise<void> {
  const { metadata, spec } = pod(index, revision, image);
  await kube.patch(PODS, metadata, {
    type: 'merge',
    body: { metadata: { labels: metadata.labels }, spec },
  });
  await run();
}

describe('predownload', () => {
  it('makes nothing while every pod runs the image of the template', async () => {
    await using world = await start(cloneSet());
    assert.deepEqual(jobs(world), []);
  });

  it('makes one job at once when the image changes, before the revision has a name', async () => {
    await using world = await start(cloneSet());
    await setImage(world, 'app:v2');
    const job = onlyJob(world);
    assert.equal(job.spec.image, 'app:v2');
    assert.deepEqual(job.spec.podSelector, { matchLabels: { app: 'web' } });
    assert.equal(job.spec.parallelism, 1);
    assert.deepEqual(job.spec.pullPolicy, { backoffLimit: 1, timeoutSeconds: 300 });
    assert.deepEqual(job.spec.completionPolicy, { type: 'Always' });
    assert.equal(job.metadata.ownerReferences?.[0]?.uid, 'uid-web');
    assert.equal(job.metadata.ownerReferences?.[0]?.controller, true);
    assert.deepEqual(job.metadata.labels, {
      app: 'web',
      'headstart/workload-kind': 'CloneSet',
      'headstart/workload': 'web',
    });
  });

  it('narrows the job to pods of other revisions as soon as the revision has a name', async () => {
    await using world = await start(cloneSet());
    await setImage(world, 'app:v2');
    await observe(world, 'web-v2');
    const job = onlyJob(world);
    assert.deepEqual(job.spec.podSelector?.matchExpressions, [
      { key: 'controller-revision-hash', operator: 'NotIn', values: ['web-v2', 'v2'] },
    ]);
    assert.equal(job.metadata.labels?.['headstart/revision'], 'web-v2');
  });

  it('keeps the narrow selector when the workload is scaled during its rollout', async () => {
    await using world = await start(cloneSet());
    await setImage(world, 'app:v2');
    await observe(world, 'web-v2');
    await world.kube.patch(CLONE_SETS, web, { type: 'merge', body: { spec: { replicas: 6 } } });
    await world.run();
    assert.equal(onlyJob(world).spec.podSelector?.matchExpressions?.length, 1);
  });

  it('finds a change that was made while nothing ran', async () => {
    await using world = await start(cloneSet({ image: 'app:v2', updateRevision: 'web-v2' }));
    assert.equal(onlyJob(world).spec.image, 'app:v2');
  });

  it('deletes the job when the last pod has moved to the new revision', async () => {
    await using world = await start(cloneSet());
    await setImage(world, 'app:v2');
    await observe(world, 'web-v2');
    for (let i = 0; i < 4; i++) await updatePod(world, i, 'web-v2', 'app:v2');
    assert.equal(jobs(world).length, 1);
    await updatePod(world, 4, 'web-v2', 'app:v2');
    assert.deepEqual(jobs(world), []);
  });

  it('replaces the job of a superseded revision at once (W11)', async () => {
    await using world = await start(cloneSet());
    await setImage(world, 'app:v2');
    await observe(world, 'web-v2');
    await setImage(world, 'app:v3');
    assert.equal(onlyJob(world).spec.image, 'app:v3');
  });

  it('makes the job again when somebody deletes it during the rollout', async () => {
    await using world = await start(cloneSet());
    await setImage(world, 'app:v2');
    await world.kube.delete(IMAGE_PULL_JOBS, onlyJob(world).metadata);
    await world.run();
    assert.equal(onlyJob(world).spec.image, 'app:v2');
  });

  it('carries changed settings to the running job', async () => {
    await using world = await start(cloneSet());
    await setImage(world, 'app:v2');
    await world.kube.patch(CLONE_SETS, web, {
      type: 'merge',
      body: {
        metadata: {
          annotations: { [ANNOTATION_PARALLELISM]: '50%', [ANNOTATION_TIMEOUT_SECONDS]: '60' },
        },
      },
    });
    await world.run();
    const job = onlyJob(world);
    assert.equal(job.spec.parallelism, '50%');
    assert.equal(job.spec.pullPolicy?.timeoutSeconds, 60);
    assert.equal(job.spec.pullPolicy?.backoffLimit, 1);
  });

  it('gives the job the pull secrets of the template and of the ServiceAccount (W50)', async () => {
    const annotations = { [ANNOTATION_PREDOWNLOAD]: 'always' };
    await using world = await start(cloneSet({ annotations }), kube =>
      kube.seed(SERVICE_ACCOUNTS, {
        metadata: { name: 'default', namespace: 'default' },
        imagePullSecrets: [{ name: 'from-account' }, { name: 'from-template' }],
      }),
    );
    const changed = template('app:v2');
    await world.kube.patch(CLONE_SETS, web, {
      type: 'merge',
      body: {
        spec: {
          template: {
            ...changed,
            spec: { ...changed.spec, imagePullSecrets: [{ name: 'from-template' }] },
          },
        },
      },
    });
    await world.run();
    assert.deepEqual(onlyJob(world).spec.pullSecrets, ['from-template', 'from-account']);
  });

  it('tries again and says so when a job cannot be created (W8)', async () => {
    await using world = await start(cloneSet());
    let refusals = 2;
    world.kube.before = ({ verb, resource }) => {
      if (verb === 'create' && resource === 'imagepulljobs' && refusals-- > 0) {
        throw new KubeError('quota exceeded', { status: 403, reason: 'Forbidden' });
      }
    };
    await setImage(world, 'app:v2');
    await world.run(60_000);
    assert.equal(onlyJob(world).spec.image, 'app:v2');
    const events = await world.events();
    assert.ok(
      events.some(text => /^Warning FailedCreateImagePullJob: .*quota exceeded/.test(text)),
      events.join('\n'),
    );
    assert.ok(events.some(text => text.startsWith('Normal CreatedImagePullJob:')));
  });

  it("reports a job of the same name that is somebody else's, and leaves it alone (W8)", async () => {
    const name = jobNameFor(cloneSet(), 'app:v2');
    await using world = await start(cloneSet(), kube =>
      kube.seed(IMAGE_PULL_JOBS, {
        metadata: { name, namespace: 'default', uid: 'foreign' },
        spec: { image: 'other:1', completionPolicy: { type: 'Always' } },
      }),
    );
    await setImage(world, 'app:v2');
    assert.equal(onlyJob(world).spec.image, 'other:1');
    assert.match((await world.events()).join('\n'), /Warning ImagePullJobNameTaken/);
  });

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

  it('takes the ladder again when a workload grows above 3 replicas (W9)', async () => {
    await using world = await start(cloneSet({ replicas: 3 }));
    await setImage(world, 'app:v2');
    assert.deepEqual(jobs(world), []);
    await world.kube.patch(CLONE_SETS, web, { type: 'merge', body: { spec: { replicas: 4 } } });
    await world.run();
    assert.equal(jobs(world).length, 1);
  });

  it('ignores what a registry-rewriting webhook made of the running images', async () => {
    await using world = await startControllerWorld(
      deps => setupPredownloadControllers({ enabled: true }, deps),
      {
        workloads: [CLONE_SETS],
        seed: kube => {
          seedRunning(kube, 'mirror.example/app:v1');
          kube.seed(CLONE_SETS, cloneSet());
        },
      },
    );
    assert.deepEqual(jobs(world), []);
  });

  it('makes nothing while its gate is off', async () => {
    await using world = await start(cloneSet(), () => {}, false);
    await setImage(world, 'app:v2');
    assert.deepEqual(jobs(world), []);
  });

  it('keeps job names and labels within 63 characters (W10)', () => {
    const workload = cloneSet();
    const long = { ...workload, metadata: { ...workload.metadata, name: 'w'.repeat(200) } };
    assert.ok(jobNameFor(long, 'app:v2').length <= 63);
    assert.notEqual(jobNameFor(long, 'app:v2'), jobNameFor(long, 'app:v3'));
  });
});
