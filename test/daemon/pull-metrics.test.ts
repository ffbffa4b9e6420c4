import assert from 'node:assert/strict';
import type { EndedPull } from '../../daemon/pull-events.ts';
import { PullMetrics } from '../../daemon/pull-metrics.ts';
import type { FinalOutcome } from '../../daemon/pull-task.ts';
import { planPulls } from '../../daemon/wanted-pulls.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { nodeImage, tagSpec } from './node-images.ts';

function ended(name: string, outcome: FinalOutcome, sizeBytes?: number): EndedPull {
  const [pull] = planPulls(nodeImage({ [name]: [tagSpec('1')] }), new Map()).start;
  assert.ok(pull);
  return { pull, outcome, elapsedMs: 2_000, ...(sizeBytes === undefined ? {} : { sizeBytes }) };
}

const pulled = { kind: 'pulled', imageID: 'sha256:id' } as const;

describe('PullMetrics', () => {
  const lines = async (count: (metrics: PullMetrics) => void): Promise<string[]> => {
    const metrics = createPlainMetrics();
    count(new PullMetrics(metrics));
    return (await metrics.exposition()).split('\n').filter(line => !line.startsWith('#'));
  };

  it('counts results and bytes by registry', async () => {
    const text = await lines(metrics => {
      metrics.ended(ended('nginx', pulled, 5_000));
      metrics.ended(ended('quay.io/team/app', { kind: 'present', imageID: 'sha256:id' }));
      metrics.ended(
        ended('nginx', { kind: 'failed', reason: 'NotFound', message: 'nginx:1: not found' }),
      );
    });
    for (const line of [
      'headstart_pulls_total{registry="docker.io",result="Pulled"} 1',
      'headstart_pulls_total{registry="quay.io",result="Present"} 1',
      'headstart_pulls_total{registry="docker.io",result="NotFound"} 1',
      'headstart_pull_bytes_total{registry="docker.io"} 5000',
      'headstart_pull_duration_seconds_count 1',
    ]) {
      const [name, value] = line.split(/ (?=\d+$)/);
      const labels = (name ?? '').split(/[{},]/).filter(part => part !== '');
      const found = text.find(
        other => other.endsWith(` ${value}`) && labels.every(label => other.includes(label)),
      );
      assert.ok(found, `${line} is not in\n${text.join('\n')}`);
    }
  });

  it('adds registries up after the first hundred', async () => {
    const text = await lines(metrics => {
      for (let i = 0; i < 105; i++) metrics.ended(ended(`registry-${i}.example/app`, pulled));
    });
    const totals = text.filter(line => line.startsWith('headstart_pulls_total{'));
    assert.equal(totals.length, 101);
    assert.ok(totals.some(line => line.includes('"other"') && line.endsWith(' 5')));
  });

  it('counts attempts that are repeated by their reason', async () => {
    const text = await lines(metrics => metrics.retried('RateLimited'));
    assert.ok(text.includes('headstart_pull_retries_total{reason="RateLimited"} 1'));
  });
});
