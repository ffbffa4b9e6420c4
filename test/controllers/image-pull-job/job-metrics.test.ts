import assert from 'node:assert/strict';
import { JobMetrics } from '../../../controllers/image-pull-job/job-metrics.ts';
import { createPromMetrics } from '../../../runtime/prom-metrics.ts';

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
    shown.ended('failed', 'NoMatchingNodes');
    assert.ok((await lines()).includes('headstart_targets{state="active"} 1'));
    assert.ok((await lines()).includes('headstart_targets{state="succeeded"} 0'));
    assert.ok((await lines()).includes('headstart_jobs_open 1'));
    const ended = 'headstart_jobs_ended_total{result="failed",reason="NoMatchingNodes"} 1';
    assert.ok((await lines()).includes(ended));
  });
});
