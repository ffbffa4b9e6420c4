import assert from 'node:assert/strict';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import { FINALIZER_DELETION_PROTECTION } from '../../../api/names.ts';
import { IMAGE_PULL_JOBS } from '../../../api/resources.ts';
import { releaseJobs } from '../../../controllers/image-pull-job/release-jobs.ts';
import { startControllerWorld } from '../../support/controller-world.ts';
import type { FakeKube } from '../../support/fake-kube.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { pullJob } from '../cluster.ts';

const NEVER = new AbortController().signal;

function held(name: string, ...finalizers: string[]): ImagePullJob {
  const job = pullJob(name);
  return { ...job, metadata: { ...job.metadata, finalizers } };
}

const finalizersOf = async (kube: FakeKube, name: string): Promise<unknown> =>
  (await kube.get(IMAGE_PULL_JOBS, { namespace: 'default', name }))?.metadata.finalizers;

describe('releaseJobs', () => {
  it('takes our finalizer off every job, and nobody else’s', async () => {
    await using world = await startControllerWorld(() => [], {
      seed: kube => {
        kube.seed(IMAGE_PULL_JOBS, held('ours', FINALIZER_DELETION_PROTECTION));
        kube.seed(IMAGE_PULL_JOBS, held('both', 'example.com/a', FINALIZER_DELETION_PROTECTION));
        kube.seed(IMAGE_PULL_JOBS, held('theirs', 'example.com/a'));
      },
    });
    const log = new RecordingLogger();
    await releaseJobs(world.deps.informers, { client: world.kube, log }, NEVER);
    assert.deepEqual(await finalizersOf(world.kube, 'ours'), []);
    assert.deepEqual(await finalizersOf(world.kube, 'both'), ['example.com/a']);
    assert.deepEqual(await finalizersOf(world.kube, 'theirs'), ['example.com/a']);
    assert.deepEqual(log.lines.map(({ fields }) => String(fields['job'])).toSorted(), [
      'default/both',
      'default/ours',
    ]);
  });

  it('goes on when a job went, or somebody else released it, in the meantime', async () => {
    await using world = await startControllerWorld(() => [], {
      seed: kube => {
        for (const name of ['gone', 'released', 'last']) {
          kube.seed(IMAGE_PULL_JOBS, held(name, FINALIZER_DELETION_PROTECTION));
        }
      },
    });
    const { informers } = world.deps;
    const jobs = [...informers.imagePullJobs.list()];
    const stale = { imagePullJobs: { ...informers.imagePullJobs, list: () => jobs } };
    const body = { metadata: { finalizers: [] } };
    for (const name of ['gone', 'released']) {
      const key = { namespace: 'default', name };
      await world.kube.patch(IMAGE_PULL_JOBS, key, { type: 'merge', body });
    }
    await world.kube.delete(IMAGE_PULL_JOBS, { namespace: 'default', name: 'gone' });
    await releaseJobs(stale, { client: world.kube, log: new RecordingLogger() }, NEVER);
    assert.deepEqual(await finalizersOf(world.kube, 'last'), []);
  });
});
