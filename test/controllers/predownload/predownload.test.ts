import assert from 'node:assert/strict';
import {
  ANNOTATION_PARALLELISM,
  ANNOTATION_PREDOWNLOAD,
  ANNOTATION_TIMEOUT_SECONDS,
} from '../../../api/names.ts';
import { CLONE_SETS, IMAGE_PULL_JOBS, PODS, SERVICE_ACCOUNTS } from '../../../api/resources.ts';
import { jobNameFor } from '../../../controllers/predownload/jobs.ts';
import { setupPredownloadControllers } from '../../../controllers/predownload/setup.ts';
import { KubeError } from '../../../kube/kube-error.ts';
import { startControllerWorld } from '../../support/controller-world.ts';
import { cloneSet, pod, seedRunning, template } from './objects.ts';
import { gates, jobs, observe, onlyJob, setImage, start, updatePod, web } from './world.ts';

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

  it('says, until the revision has a name, how many pods are updated at once', async () => {
    await using world = await start(cloneSet());
    await setImage(world, 'app:v2');
    assert.deepEqual(onlyJob(world).metadata.annotations, { 'headstart/updates-at-once': '1' });
    await observe(world, 'web-v2');
    assert.deepEqual(onlyJob(world).metadata.annotations ?? {}, {});
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

  it('warms the old image again when a rollout that has begun is taken back', async () => {
    await using world = await start(cloneSet());
    await setImage(world, 'app:v2');
    await observe(world, 'web-v2');
    await updatePod(world, 4, 'web-v2', 'app:v2');
    await setImage(world, 'app:v1');
    await observe(world, 'web-v1');
    const job = onlyJob(world);
    assert.equal(job.spec.image, 'app:v1');
    assert.deepEqual(job.spec.podSelector?.matchExpressions, [
      { key: 'controller-revision-hash', operator: 'NotIn', values: ['web-v1', 'v1'] },
    ]);
    await updatePod(world, 4, 'web-v1', 'app:v1');
    assert.deepEqual(jobs(world), []);
  });

  it('makes a job for each new image: of containers, init containers, sidecars and image volumes', async () => {
    await using world = await start(cloneSet());
    const main = { name: 'main', image: 'app:v1' };
    const spec = {
      containers: [main, { name: 'second', image: 'second:v1' }],
      initContainers: [
        { name: 'setup', image: 'setup:v1' },
        { name: 'sidecar', image: 'sidecar:v1', restartPolicy: 'Always' },
        { name: 'again', image: 'setup:v1' },
      ],
      volumes: [{ name: 'model', image: { reference: 'model:v1' } }],
    };
    const always = { annotations: { [ANNOTATION_PREDOWNLOAD]: 'always' } };
    const body = { metadata: always, spec: { template: { spec } } };
    await world.kube.patch(CLONE_SETS, web, { type: 'merge', body });
    await world.run();
    const images = jobs(world).map(job => job.spec.image);
    assert.deepEqual(images.toSorted(), ['model:v1', 'second:v1', 'setup:v1', 'sidecar:v1']);
    for (let i = 0; i < 5; i++) {
      const { metadata } = pod(i, 'web-v2', '');
      const { labels } = metadata;
      await world.kube.patch(PODS, metadata, {
        type: 'merge',
        body: { metadata: { labels }, spec },
      });
    }
    await world.run();
    assert.deepEqual(jobs(world), [], 'the cache of pods keeps what has to be compared');
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

  it('ignores what a registry-rewriting webhook made of the running images', async () => {
    await using world = await startControllerWorld(
      deps => setupPredownloadControllers(gates(true), deps),
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
