import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describeJson, memberAt, sameJson } from '../../api/json.ts';
import { anyJson } from './any-json.ts';

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('memberAt', () => {
  it('walks own members only, and reads null as absent', () => {
    const object: unknown = JSON.parse('{"a":{"b":1,"n":null},"__proto__":{"x":2},"l":[1]}');
    assert.equal(memberAt(object, 'a', 'b'), 1);
    assert.equal(memberAt(object, 'a', 'n'), undefined);
    assert.equal(memberAt(object, 'a', 'n', 'x'), undefined);
    assert.equal(memberAt(object, 'toString'), undefined);
    assert.equal(memberAt(object, '__proto__', 'x'), 2);
    assert.equal(memberAt(object, 'l', 'length'), undefined);
    assert.equal(memberAt(null, 'a'), undefined);
    assert.equal(memberAt('text', 'length'), undefined);
  });
});

describe('sameJson', () => {
  it('finds a value equal to its copy, whatever it is', () => {
    fc.assert(fc.property(anyJson, value => assert.ok(sameJson(value, structuredClone(value)))));
  });

  it('ignores the order of keys and reads null as absent, but not {} or []', () => {
    assert.ok(sameJson({ a: 1, b: [2] }, { b: [2], a: 1, c: null }));
    assert.ok(!sameJson({ a: {} }, {}));
    assert.ok(!sameJson({ a: [] }, {}));
    assert.ok(!sameJson([], {}));
    assert.ok(!sameJson([1], [1, 2]));
    assert.ok(!sameJson({ a: 1 }, { a: '1' }));
    assert.ok(!sameJson(JSON.parse('{"__proto__":{}}'), {}));
  });

  it('survives a value that is nested 200,000 levels deep', () => {
    assert.equal(sameJson(deep(200_000), deep(200_000)), false);
  });
});

describe('describeJson', () => {
  for (const [value, text] of [
    [undefined, 'nothing'],
    [null, 'nothing'],
    [[1], 'a list'],
    [{}, 'an object'],
    ['a"b', '"a\\"b"'],
    [1.5, '1.5'],
    [false, 'false'],
  ] as const) {
    it(`calls ${JSON.stringify(value)} ${text}`, () => {
      assert.equal(describeJson(value), text);
    });
  }

  it('cuts long texts', () => {
    assert.equal(describeJson('x'.repeat(1000)).length, 78);
  });
});
