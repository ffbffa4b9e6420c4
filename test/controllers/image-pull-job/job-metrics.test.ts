import assert from 'node:assert/strict';
import { JobMetrics } from '../../../controllers/image-pull-job/job-metrics.ts';
import { createPromMetrics } from '../../../runtime/prom-metrics.ts';
import { pullJob } from '../cluster.ts';

const counts = {
  desired: 0,
  active: 0,
  waiting: 0,
  unavailable: 0,
  succeeded: 0,
  failed: 0,
  slots: 0,
  leaving: 0,
};

describe('JobMetrics', () => {
  it('adds up the targets of all open jobs and forgets those of closed ones', async () => {
    const metrics = createPromMetrics();
    const shown = new JobMetrics(metrics);
    shown.show('a/x', { ...counts, active: 2, succeeded: 5 });
    shown.show('a/y', { ...counts, active: 1 });
    shown.show('a/x', { ...counts, active: 1, succeeded: 6 });
    const lines = async () => (await metrics.exposition()).split('\n');
    assert.ok((await lines()).includes('headstart_targets{state="active"} 2'));
    assert.ok((await lines()).includes('headstart_targets{state="succeeded"} 6'));
    assert.ok((await lines()).includes('headstart_jobs_open 2'));
    shown.hide('a/x');
    shown.hide('a/x');
    assert.ok((await lines()).includes('headstart_targets{state="active"} 1'));
    assert.ok((await lines()).includes('headstart_targets{state="succeeded"} 0'));
    assert.ok((await lines()).includes('headstart_jobs_open 1'));
  });

  it('counts jobs by what they are at, until they are deleted', async () => {
    const metrics = createPromMetrics();
    const shown = new JobMetrics(metrics);
    const jobs = async (state: string) =>
      new RegExp(`headstart_jobs\\{state="${state}"\\} (\\d+)`).exec(
        await metrics.exposition(),
      )?.[1];
    shown.at('a/x', 'Pulling');
    shown.at('a/y', 'Pulling');
    shown.at('a/y', 'Pulling');
    assert.equal(await jobs('Pulling'), '2');
    shown.at('a/x', 'Complete');
    shown.at('a/y', 'Paused');
    assert.deepEqual(
      [await jobs('Pulling'), await jobs('Complete'), await jobs('Paused')],
      ['0', '1', '1'],
    );
    shown.gone('a/x');
    shown.gone('a/x');
    assert.equal(await jobs('Complete'), '0');
  });

  for (const { origin, labels, owner } of [
    { origin: 'rollout', labels: { 'headstart/workload': 'web' }, owner: 'CloneSet' },
    { origin: 'list', labels: {}, owner: 'ImageListPullJob' },
    { origin: 'other', labels: {}, owner: undefined },
  ]) {
    it(`times a job of origin ${origin} and counts its end`, async () => {
      const metrics = createPromMetrics();
      const { metadata, spec } = pullJob('warm', {}, labels);
      const ownerReferences =
        owner === undefined
          ? []
          : [{ apiVersion: 'v1', kind: owner, name: 'x', uid: 'x', controller: true }];
      const ended = { startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:01:30Z' };
      new JobMetrics(metrics).ended(
        { metadata: { ...metadata, ownerReferences }, spec },
        { desired: 4, active: 0, succeeded: 3, failed: 1, ...ended },
        { kind: 'failed', reason: 'TargetsFailed' },
      );
      const text = await metrics.exposition();
      assert.match(text, /headstart_jobs_ended_total{result="failed",reason="TargetsFailed"} 1/);
      const sum = `headstart_job_duration_seconds_sum{result="failed",origin="${origin}"} 90`;
      assert.ok(text.includes(sum), text);
    });
  }
});
