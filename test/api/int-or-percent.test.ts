import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseIntOrPercent, resolveIntOrPercent } from '../../api/int-or-percent.ts';
import { anyJson } from './any-json.ts';

describe('parseIntOrPercent', () => {
  for (const [value, expected] of [
    [10, { kind: 'int', value: 10 }],
    [-1, { kind: 'int', value: -1 }],
    ['10', { kind: 'int', value: 10 }],
    ['10%', { kind: 'percent', value: 10 }],
    ['-5%', { kind: 'percent', value: -5 }],
    [1.5, undefined],
    ['1.5%', undefined],
    ['', undefined],
    ['%', undefined],
    [' 10', undefined],
    ['10 %', undefined],
    ['0x10', undefined],
    ['abc', undefined],
    ['99999999999999999999', undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [null, undefined],
    [{}, undefined],
  ] as const) {
    it(`reads ${JSON.stringify(value)} as ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(parseIntOrPercent(value), expected);
    });
  }

  it('takes any JSON', () => {
    fc.assert(
      fc.property(anyJson, value => {
        const parsed = parseIntOrPercent(value);
        assert.ok(parsed === undefined || Number.isSafeInteger(parsed.value));
      }),
    );
  });
});

describe('resolveIntOrPercent', () => {
  it('rounds percentages as asked and leaves numbers alone', () => {
    assert.equal(resolveIntOrPercent('20%', 8, 'down'), 1);
    assert.equal(resolveIntOrPercent('20%', 8, 'up'), 2);
    assert.equal(resolveIntOrPercent('50%', 8, 'up'), 4);
    assert.equal(resolveIntOrPercent('3', 8, 'up'), 3);
    assert.equal(resolveIntOrPercent(20, 8, 'down'), 20);
  });

  it('makes no rounding error on whole results', () => {
    for (let percent = 0; percent <= 100; percent++) {
      assert.equal(resolveIntOrPercent(`${percent}%`, 500, 'up'), percent * 5);
    }
  });

  it('counts what cannot be read as 0', () => {
    assert.equal(resolveIntOrPercent('abc', 8, 'up'), 0);
    assert.equal(resolveIntOrPercent(undefined, 8, 'up'), 0);
  });
});
