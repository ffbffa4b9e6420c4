import assert from 'node:assert/strict';
import { withDefaults } from '../../../sim/api-server/schema/defaults.ts';
import { prune } from '../../../sim/api-server/schema/prune.ts';
import { compileSchema } from '../../../sim/api-server/schema/validator.ts';
import { WIDGET_SCHEMA } from './objects.ts';

describe('compileSchema', () => {
  const validate = compileSchema(WIDGET_SCHEMA);
  const sentences = (spec: unknown, old?: unknown): readonly string[] =>
    validate({ spec }, old === undefined ? undefined : { spec: old }).map(
      ({ field, message }) => `${field}: ${message}`,
    );

  const cases: readonly (readonly [string, object, string])[] = [
    [
      'a wrong type',
      { size: 'a' },
      'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
    ],
    [
      'a fraction',
      { size: 1.5 },
      'spec.size: Invalid value: "number": spec.size in body must be of type integer: "number"',
    ],
    ['a missing field', {}, 'spec.size: Required value'],
    [
      'a value that is not listed',
      { size: 1, color: 'blue' },
      'spec.color: Unsupported value: "blue": supported values: "red", "green"',
    ],
    [
      'a number that is too small',
      { size: -1 },
      'spec.size: Invalid value: -1: spec.size in body should be greater than or equal to 0',
    ],
    [
      'a number that is too big',
      { size: 11 },
      'spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10',
    ],
    [
      'a text that does not match',
      { size: 1, name: 'A' },
      'spec.name: Invalid value: "A": spec.name in body should match \'^[a-z]+$\'',
    ],
    [
      'a text that is too long',
      { size: 1, name: 'abcdef' },
      'spec.name: Too long: may not be more than 5 bytes',
    ],
    [
      'neither number nor text',
      { size: 1, share: true },
      'spec.share: Invalid value: "boolean": spec.share in body must be of type integer,string: "boolean"',
    ],
    [
      'a list that is too long',
      { size: 1, set: ['a', 'b', 'c', 'd'] },
      'spec.set: Too many: 4: must have at most 3 items',
    ],
    ['an item twice in a set', { size: 1, set: ['a', 'a'] }, 'spec.set[1]: Duplicate value: "a"'],
    [
      'a key twice in a list map',
      { size: 1, items: [{ name: 'a' }, { name: 'a' }] },
      'spec.items[1]: Duplicate value: {"name":"a"}',
    ],
    ['an item without its key', { size: 1, items: [{}] }, 'spec.items[0].name: Required value'],
    [
      'a map of the wrong values',
      { size: 1, map: { a: 1 } },
      'spec.map.a: Invalid value: "integer": spec.map.a in body must be of type string: "integer"',
    ],
    [
      'both of one or the other',
      { size: 1, either: { a: 'x', b: 'y' } },
      '<nil>: Invalid value: "": "spec.either" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
    [
      'neither of one or the other',
      { size: 1, either: {} },
      '<nil>: Invalid value: "": "spec.either" must validate one and only one schema (oneOf). Found none valid',
    ],
    [
      'a time that is none',
      { size: 1, when: 'noon' },
      'spec.when: Invalid value: "noon": spec.when in body must be of type date-time: "noon"',
    ],
  ];
  for (const [name, spec, sentence] of cases) {
    it(`names ${name} in the words of kube-apiserver`, () => {
      assert.deepEqual(sentences(spec), [sentence]);
    });
  }

  it('takes numbers, numeric texts and percentages where either may stand', () => {
    for (const share of [1, '1', '10%']) assert.deepEqual(sentences({ size: 1, share }), []);
  });

  it('names every violation at once', () => {
    assert.equal(sentences({ color: 'blue', name: 'ABCDEF' }).length, 4);
  });

  it('lets stand what was stored before its rule', () => {
    assert.deepEqual(sentences({ size: 11, name: 'b' }, { size: 11, name: 'a' }), []);
    assert.equal(sentences({ size: 12 }, { size: 11 }).length, 1);
  });

  it('knows exclusive bounds, nullable enums and combinators', () => {
    const strict = compileSchema({
      properties: {
        low: { type: 'integer', minimum: 0, exclusiveMinimum: true },
        high: { type: 'integer', maximum: 9, exclusiveMaximum: true, multipleOf: 2 },
        maybe: { type: 'string', enum: ['a'], nullable: true },
        some: { anyOf: [{ required: ['a'] }, { required: ['b'] }] },
        never: { not: { required: ['a'] } },
        few: { type: 'array', minItems: 1 },
        full: { type: 'object', minProperties: 1, maxProperties: 1 },
        text: { type: 'string', minLength: 2 },
      },
    });
    const all = {
      low: 0,
      high: 9,
      maybe: null,
      some: {},
      never: { a: 1 },
      few: [],
      full: {},
      text: 'a',
    };
    const causes = strict(all).map(({ field, message }) => `${field}: ${message}`);
    assert.deepEqual(causes.sort(), [
      '<nil>: Invalid value: "": "never" must not validate the schema (not)',
      '<nil>: Invalid value: "": "some" must validate at least one schema (anyOf)',
      'few: Invalid value: 0: few in body should have at least 1 items',
      'full: Invalid value: 0: full in body should have at least 1 properties',
      'high: Invalid value: 9: high in body should be a multiple of 2',
      'high: Invalid value: 9: high in body should be less than 9',
      'low: Invalid value: 0: low in body should be greater than 0',
      'text: Invalid value: "a": text in body should be at least 2 chars long',
    ]);
  });

  it('refuses a pattern that is none', () => {
    assert.throws(() => compileSchema({ type: 'string', pattern: '(' }));
  });
});

describe('withDefaults', () => {
  const defaulted = (spec: unknown): unknown => withDefaults({ spec }, WIDGET_SCHEMA);

  it('fills in what is missing, also in items of lists', () => {
    assert.deepEqual(defaulted({ size: 1, items: [{ name: 'a' }] }), {
      spec: { size: 1, color: 'red', replicas: 1, items: [{ name: 'a', value: 'x' }] },
    });
  });

  it('takes null as missing where null is not allowed', () => {
    assert.deepEqual(defaulted({ size: null, color: null, maybe: null, map: { a: null } }), {
      spec: { color: 'red', replicas: 1, maybe: null, map: {} },
    });
  });

  it('keeps nulls of what has no schema', () => {
    const spec = { color: 'red', replicas: 1, open: { a: null } };
    assert.deepEqual(defaulted(spec), { spec });
  });

  it('gives back the same object when nothing is missing', () => {
    const complete = { spec: { size: 1, color: 'red', replicas: 1 } };
    assert.equal(withDefaults(complete, WIDGET_SCHEMA), complete);
  });

  it('makes no parent for a default', () => {
    assert.deepEqual(withDefaults({}, WIDGET_SCHEMA), {});
  });
});

describe('prune', () => {
  it('takes unknown fields away and names them', () => {
    const object = {
      extra: 1,
      spec: { size: 1, nope: 2, items: [{ name: 'a', b: 3 }], map: { any: 'x' } },
    };
    assert.deepEqual(prune(object, WIDGET_SCHEMA), {
      value: { spec: { size: 1, items: [{ name: 'a' }], map: { any: 'x' } } },
      unknownFields: ['extra', 'spec.items[0].b', 'spec.nope'],
    });
  });

  it('keeps everything where the schema is open', () => {
    const object = { spec: { size: 1, open: { a: { b: [1] } } } };
    const pruned = prune(object, WIDGET_SCHEMA);
    assert.equal(pruned.value, object);
    assert.deepEqual(pruned.unknownFields, []);
  });

  it('keeps type and metadata of an embedded object', () => {
    const schema = { type: 'object', 'x-kubernetes-embedded-resource': true } as const;
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: {} };
    assert.deepEqual(prune(object, schema).unknownFields, ['spec']);
  });
});
