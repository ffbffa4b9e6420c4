import assert from 'node:assert/strict';
import { totalOf, writesBetween } from '../../bench/metrics-text.ts';
import { readOptions } from '../../bench/options.ts';
import { cpuSecondsOf, peakRssMbOf } from '../../bench/process-usage.ts';
import { idealSeconds } from '../../bench/result.ts';
import { median, renderTable } from '../../bench/table.ts';

const request = (labels: string, value: number): string =>
  `apiserver_request_total{code="200",${labels}} ${value}`;

describe('bench fanout', () => {
  for (const [nodes, parallelism, pullMs, seconds] of [
    [500, 50, 2000, 20],
    [501, 50, 2000, 22],
    [10, 50, 2000, 2],
    [3, 1, 500, 1.5],
  ] as const) {
    it(`takes ${seconds} s at best for ${nodes} nodes, ${parallelism} at once, ${pullMs} ms each`, () => {
      assert.equal(idealSeconds({ nodes, parallelism, pullMs }), seconds);
    });
  }

  it('tells writes apart by verb and resource and leaves reads and leases out', () => {
    const before = request('resource="nodeimages",subresource="",verb="PATCH"', 5);
    const after = [
      '# TYPE apiserver_request_total counter',
      request('resource="nodeimages",subresource="",verb="PATCH"', 12),
      request('group="x",resource="nodeimages",subresource="",verb="PATCH"', 3),
      request('resource="nodeimages",subresource="status",verb="PATCH"', 10),
      request('resource="nodeimages",subresource="",verb="LIST"', 4),
      request('resource="leases",subresource="",verb="PUT"', 4),
      'apiserver_request_total_of_others{verb="PATCH"} 7',
    ].join('\n');
    assert.deepEqual(writesBetween(before, after), {
      'PATCH nodeimages': 10,
      'PATCH nodeimages/status': 10,
    });
  });

  it('reads samples without labels and in exponent notation', () => {
    assert.equal(totalOf('process_cpu_seconds_total 1.5e+01\n', 'process_cpu_seconds_total'), 15);
  });

  it('reads the CPU time of a process whose name holds spaces and parentheses', () => {
    const stat = '7 (a b) c) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0';
    assert.equal(cpuSecondsOf(stat), 3);
  });

  it('reads the peak of memory', () => {
    assert.equal(peakRssMbOf('Name:\tnode\nVmHWM:\t  153600 kB\nVmRSS:\t 1 kB\n'), 150);
  });

  it('finds the middle of odd and even numbers of runs', () => {
    assert.deepEqual([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])], [2, 2.5, 7]);
  });

  it('renders median, min and max of the numbers', () => {
    const runs = [
      { seconds: 1.23456, writes: {} },
      { seconds: 3, writes: {} },
    ];
    assert.equal(
      renderTable(runs),
      [
        '| measure | median |   min | max |',
        '| ------- | -----: | ----: | --: |',
        '| seconds |  2.117 | 1.235 |   3 |',
      ].join('\n'),
    );
  });

  it('has defaults', () => {
    const defaults = { nodes: 500, parallelism: 50, pullMs: 2000, runs: 1, json: false };
    assert.deepEqual(readOptions(['fanout']), defaults);
    assert.deepEqual(readOptions(['fanout', '--nodes', '7', '--json']), {
      ...defaults,
      nodes: 7,
      json: true,
    });
  });

  for (const args of [[], ['rollouts'], ['fanout', '--nodes', '0'], ['fanout', '--runs', 'x']]) {
    it(`refuses ${JSON.stringify(args)}`, () => {
      assert.throws(() => readOptions(args), /usage|must be a whole number/);
    });
  }
});
