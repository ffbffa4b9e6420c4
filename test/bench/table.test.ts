import assert from 'node:assert/strict';
import { idealSeconds } from '../../bench/result.ts';
import { median, renderTable } from '../../bench/table.ts';

describe('the table of the bench', () => {
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

  it('finds the middle of odd and even numbers of runs', () => {
    assert.deepEqual([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])], [2, 2.5, 7]);
  });

  it('renders median, min and max of the numbers, also of those of phases', () => {
    const runs = [
      { seconds: 1.23456, writes: { me: { patch: 1 } }, held: { ms: 4 } },
      { seconds: 3, writes: { me: { patch: 2 } }, held: { ms: 6 } },
    ];
    assert.equal(
      renderTable(runs),
      [
        '| measure | median |   min | max |',
        '| ------- | -----: | ----: | --: |',
        '| seconds |  2.117 | 1.235 |   3 |',
        '| held.ms |      5 |     4 |   6 |',
      ].join('\n'),
    );
  });
});
