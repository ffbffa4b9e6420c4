import assert from 'node:assert/strict';
import { createAdvice } from '../../../controllers/advice/advice.ts';
import { pullJob } from '../cluster.ts';
import { gates } from '../predownload/world.ts';
import { adviceOnJob, JOB_ADVICE_CASES } from './job-advice-cases.ts';

describe('advice on an ImagePullJob', () => {
  for (const given of JOB_ADVICE_CASES) {
    it(`tells ${given.name}`, async () => {
      assert.deepEqual(await adviceOnJob(given), given.advice);
    });
  }

  it('says nothing while the caches are not filled', () => {
    const unfilled = { hasSynced: false } as Parameters<typeof createAdvice>[0];
    const advisor = createAdvice(unfilled, gates(true));
    assert.deepEqual(advisor.imagePullJob(pullJob('job', { selector: { names: ['a'] } })), []);
  });
});
