import assert from 'node:assert/strict';
import { ageOf, humanDuration } from '../../../sim/api-server/table/human-duration.ts';
import { jsonPath } from '../../../sim/api-server/table/json-path.ts';
import { printerColumn } from '../../../sim/api-server/table/table-column.ts';
import { apiObject } from './objects.ts';

const [S, M, H, D] = [1_000, 60_000, 3_600_000, 86_400_000];

describe('humanDuration', () => {
  const cases: readonly (readonly [number, string])[] = [
    [-2 * S, '<invalid>'],
    [-S, '0s'],
    [0, '0s'],
    [119 * S, '119s'],
    [2 * M, '2m'],
    [2 * M + 5 * S, '2m5s'],
    [10 * M + 5 * S, '10m'],
    [179 * M, '179m'],
    [3 * H, '3h'],
    [3 * H + 5 * M, '3h5m'],
    [8 * H + 5 * M, '8h'],
    [47 * H, '47h'],
    [2 * D, '2d'],
    [2 * D + 3 * H, '2d3h'],
    [8 * D + 3 * H, '8d'],
    [729 * D, '729d'],
    [730 * D, '2y'],
    [740 * D, '2y10d'],
    [3_000 * D, '8y'],
  ];
  for (const [ms, text] of cases) {
    it(`shows ${ms / S} s as ${text}`, () => assert.equal(humanDuration(ms), text));
  }

  it('does not know the age of what has no time', () => {
    assert.equal(ageOf(undefined, 0), '<unknown>');
    assert.equal(ageOf('soon', 0), '<unknown>');
    assert.equal(ageOf('1970-01-01T00:00:00Z', 5 * S), '5s');
  });
});

describe('jsonPath', () => {
  const root = {
    a: {
      'b.c': 1,
      list: [
        { n: 'x', v: 1 },
        { n: 'y', v: 2 },
      ],
      d: null,
    },
  };
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ['.a.list[0].n', ['x']],
    ['.a.list[-1].n', ['y']],
    ['.a.list[*].n', ['x', 'y']],
    ['.a.list[5].n', []],
    ['{.a.list[0].n}', ['x']],
    ["['a']['b.c']", [1]],
    ['.a.b\\.c', [1]],
    ['.a["b.c"]', [1]],
    ['.a.d', [null]],
    ['.a.list[?(@.n=="y")].v', [2]],
    [".a.list[?(@.n=='y')].v", [2]],
    ['.a.list[?(@.n!="y")].v', [1]],
    ['.a.list[?(@.v>1)].n', ['y']],
    ['.a.list[?(@.v<=1)].n', ['x']],
    ['.a.list[?(@.z)].n', []],
    ['.nope.x', []],
    ['.a.toString', []],
    ['.a[', []],
    ['.', [root]],
  ];
  for (const [path, values] of cases) {
    it(`finds ${JSON.stringify(values)} at ${path}`, () => {
      assert.deepEqual(jsonPath(path)(root), values);
    });
  }
});

describe('printerColumn', () => {
  const object = apiObject('a', {
    spec: { n: 3, t: 'text', list: ['a', 'b'], o: { x: 1 }, b: true },
  });
  const cases: readonly (readonly [type: string, path: string, cell: unknown])[] = [
    ['integer', '.spec.n', 3],
    ['integer', '.spec.t', null],
    ['string', '.spec.t', 'text'],
    ['string', '.spec.n', '3'],
    ['string', '.spec.list[*]', 'a b'],
    ['string', '.spec.o', '{"x":1}'],
    ['boolean', '.spec.b', true],
    ['boolean', '.spec.t', null],
    ['date', '.spec.t', '<unknown>'],
    ['date', '.spec.nope', null],
    ['string', '.spec.nope', null],
  ];
  for (const [type, path, cell] of cases) {
    it(`shows ${JSON.stringify(cell)} for the ${type} at ${path}`, () => {
      assert.equal(printerColumn({ name: 'X', type, jsonPath: path }).cell(object, 0), cell);
    });
  }
});
