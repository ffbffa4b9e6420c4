import assert from 'node:assert/strict';
import { renderReport } from '../../bench/report.ts';

describe('the report of the bench', () => {
  const fanout = { scenario: 'fanout', daemons: 'simulated', pods: 0, nodes: 5_000 };
  const lineOf = (report: string, measure: string): string =>
    report.split('\n').find(line => line.includes(measure)) ?? assert.fail(measure);

  it('puts the runs of a scenario into its rows', () => {
    const report = renderReport([
      { ...fanout, parallelism: 500, makespanSeconds: 28.123 },
      { ...fanout, parallelism: 500, makespanSeconds: 27 },
      { ...fanout, parallelism: 500, makespanSeconds: 30 },
      { ...fanout, parallelism: 5_000, makespanSeconds: 99, managerCpuSeconds: 6 },
    ]);
    assert.equal(
      lineOf(report, 'P = 500 '),
      '| job on 5,000 nodes, P = 500 (20 s) | ≤ 29 s | 28.1 s (27 – 30) | 3 |',
    );
    assert.match(lineOf(report, 'CPU a node, 5,000'), /\| 1.2 ms \| 1 \|$/);
  });

  it('has a row for each figure of the daemon', () => {
    const report = renderReport([
      { scenario: 'daemon', pullMs: 20, idleCpuPercent: 0.048, idleRssMb: 58.2, refetchedBytes: 0 },
      { scenario: 'daemon', pullMs: 300, idleRssMb: 99 },
    ]);
    assert.match(lineOf(report, 'share of a core'), /\| 0.048 % \| 1 \|$/);
    assert.match(lineOf(report, 'idle: memory'), /\| 58.2 MB \| 1 \|$/);
    assert.match(lineOf(report, 'fetched again'), /\| 0 \| 1 \|$/);
  });

  it('reads phases', () => {
    const held = { patchToJobMs: 21 };
    const report = renderReport([{ scenario: 'rollout', nodes: 50, parallelism: 5, held }]);
    assert.match(lineOf(report, 'patch of a CloneSet'), /\| 21 ms \| 1 \|$/);
  });

  it('says what was not measured', () => {
    assert.match(lineOf(renderReport([]), 'P = 500 '), /\| not measured \| 0 \|$/);
  });
});
