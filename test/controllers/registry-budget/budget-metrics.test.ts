import assert from 'node:assert/strict';
import { BudgetMetrics } from '../../../controllers/registry-budget/budget-metrics.ts';
import { createPromMetrics } from '../../../runtime/prom-metrics.ts';

describe('BudgetMetrics', () => {
  it('gives a hundred registries a name and adds the others up', async () => {
    const metrics = createPromMetrics();
    const shown = new BudgetMetrics(metrics);
    for (let index = 0; index < 103; index++) {
      shown.show(`r${index}.example`, { inFlight: 2, ceiling: 5, waiting: 1 });
    }
    shown.show('r102.example', { inFlight: 1, ceiling: 5, waiting: 0 });
    const lines = (await metrics.exposition()).split('\n');
    const inFlight = lines.filter(line => line.startsWith('headstart_registry_pulls_in_flight{'));
    assert.equal(inFlight.length, 101);
    assert.ok(lines.includes('headstart_registry_pulls_in_flight{registry="other"} 5'));
    assert.ok(lines.includes('headstart_registry_targets_waiting{registry="other"} 2'));
    assert.ok(lines.includes('headstart_registry_pulls_limit{registry="r0.example"} 5'));
    assert.ok(
      !lines.some(line => line.startsWith('headstart_registry_pulls_limit{registry="other"')),
    );
  });

  it('says +Inf where there is no ceiling', async () => {
    const metrics = createPromMetrics();
    const use = { inFlight: 1, ceiling: Number.POSITIVE_INFINITY, waiting: 0 };
    new BudgetMetrics(metrics).show('docker.io', use);
    const text = await metrics.exposition();
    assert.match(text, /^headstart_registry_pulls_limit\{registry="docker\.io"\} \+Inf$/m);
  });
});
