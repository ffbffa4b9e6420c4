import assert from 'node:assert/strict';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { applyJsonPatch } from '../../../sim/api-server/patch/json-patch.ts';
import { applyMergePatch } from '../../../sim/api-server/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../../../sim/api-server/patch/strategic-merge-patch.ts';

describe('applyJsonPatch', () => {
  const cases: readonly (readonly [string, unknown, readonly object[], unknown])[] = [
    ['adds a field', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['replaces by adding', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
    ['inserts an item', [1, 3], [{ op: 'add', path: '/1', value: 2 }], [1, 2, 3]],
    ['appends an item', [1], [{ op: 'add', path: '/-', value: 2 }], [1, 2]],
    ['appends by index', [1], [{ op: 'add', path: '/1', value: 2 }], [1, 2]],
    ['removes a field', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
    ['removes an item', [1, 2], [{ op: 'remove', path: '/0' }], [2]],
    ['replaces an item', [1, 2], [{ op: 'replace', path: '/1', value: 3 }], [1, 3]],
    ['replaces the document', { a: 1 }, [{ op: 'replace', path: '', value: 2 }], 2],
    ['moves', { a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, c: 1 }],
    ['copies', { a: [1] }, [{ op: 'copy', from: '/a/0', path: '/a/-' }], { a: [1, 1] }],
    [
      'tests',
      { a: { b: [1] } },
      [{ op: 'test', path: '/a', value: { b: [1] } }],
      { a: { b: [1] } },
    ],
    ['tests for nothing', {}, [{ op: 'test', path: '/a', value: null }], {}],
    ['reads escapes', { 'a/b~': 1 }, [{ op: 'remove', path: '/a~1b~0' }], {}],
    ['sets null', {}, [{ op: 'add', path: '/a', value: null }], { a: null }],
  ];
  for (const [name, document, operations, expected] of cases) {
    it(name, () => {
      const before = structuredClone(document);
      assert.deepEqual(applyJsonPatch(document, operations), { ok: true, value: expected });
      assert.deepEqual(document, before);
    });
  }

  const failures: readonly (readonly [string, unknown])[] = [
    ['a missing field to remove', { op: 'remove', path: '/x' }],
    ['a missing field to replace', { op: 'replace', path: '/x', value: 1 }],
    ['a missing parent', { op: 'add', path: '/x/y', value: 1 }],
    ['an index beyond the end', { op: 'add', path: '/list/2', value: 1 }],
    ['an index with a leading zero', { op: 'add', path: '/list/00', value: 1 }],
    ['an item after the last', { op: 'remove', path: '/list/-' }],
    ['a parent that is no container', { op: 'add', path: '/a/b', value: 1 }],
    ['a test that fails', { op: 'test', path: '/a', value: 2 }],
    ['a copy of nothing', { op: 'copy', from: '/x', path: '/y' }],
    ['an unknown operation', { op: 'bogus', path: '/a' }],
    ['an operation of objects', { op: 'constructor', path: '/a' }],
    ['a path that is no pointer', { op: 'remove', path: 'a' }],
    ['no path', { op: 'remove' }],
    ['no operation', 7],
  ];
  for (const [name, operation] of failures) {
    it(`fails for ${name}`, () => {
      assert.equal(applyJsonPatch({ a: 1, list: [1] }, [operation]).ok, false);
    });
  }

  it('turns any document into any other by the difference that fast-json-patch finds', () => {
    const plain = (value: unknown): object => JSON.parse(JSON.stringify(value)) as object;
    const document = fc
      .dictionary(fc.constantFrom('a', 'b', 'c/d', 'e~f'), fc.jsonValue({ maxDepth: 3 }))
      .map(plain);
    fc.assert(
      fc.property(document, document, (from, to) => {
        const operations = fastJsonPatch.compare(from, to);
        const outcome = applyJsonPatch(from, operations);
        assert.deepEqual(outcome, { ok: true, value: to });
      }),
    );
  });
});

describe('applyMergePatch', () => {
  // RFC 7386, appendix A.
  const cases: readonly (readonly [unknown, unknown, unknown])[] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, expected] of cases) {
    it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(target)} by ${JSON.stringify(patch)}`, () => {
      assert.deepEqual(applyMergePatch(target, patch), expected);
    });
  }
});

describe('applyStrategicMergePatch', () => {
  const pod = {
    spec: {
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '1' },
      ],
    },
  };
  const containers = (...list: readonly object[]): object => ({ spec: { containers: list } });

  const cases: readonly (readonly [string, object, object, object])[] = [
    [
      'merges containers by name',
      pod,
      containers({ name: 'b', image: '2' }),
      containers({ name: 'a', image: '1' }, { name: 'b', image: '2' }),
    ],
    [
      'adds a container',
      pod,
      containers({ name: 'c' }),
      containers(...pod.spec.containers, { name: 'c' }),
    ],
    [
      'deletes a container',
      pod,
      containers({ name: 'a', $patch: 'delete' }),
      containers({ name: 'b', image: '1' }),
    ],
    [
      'replaces all containers',
      pod,
      containers({ $patch: 'replace' }, { name: 'z' }),
      containers({ name: 'z' }),
    ],
    [
      'replaces a map',
      { spec: { a: 1, b: 2 } },
      { spec: { $patch: 'replace', c: 3 } },
      { spec: { c: 3 } },
    ],
    ['deletes what is in a map', { a: { b: 1 } }, { a: { $patch: 'delete' } }, { a: {} }],
    ['removes a field', { a: 1, b: 2 }, { a: null }, { b: 2 }],
    ['replaces lists without a key', { args: [1, 2] }, { args: [3] }, { args: [3] }],
    [
      'adds to sets',
      { metadata: { finalizers: ['a'] } },
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { finalizers: ['a', 'b'] } },
    ],
    [
      'deletes from sets',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
      { metadata: { finalizers: ['b'] } },
    ],
    [
      'keeps named keys of a union',
      { strategy: { type: 'RollingUpdate', rollingUpdate: {} } },
      { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
      { strategy: { type: 'Recreate' } },
    ],
    [
      'orders items as told',
      pod,
      { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } },
      containers({ name: 'b', image: '1' }, { name: 'a', image: '1' }),
    ],
    [
      'tells ports of containers from those of services',
      { ports: [{ containerPort: 1, name: 'x' }] },
      { ports: [{ containerPort: 1, name: 'y' }] },
      { ports: [{ containerPort: 1, name: 'y' }] },
    ],
    [
      'merges conditions by type',
      { conditions: [{ type: 'Ready', status: 'True' }] },
      { conditions: [{ type: 'Ready', status: 'False' }] },
      { conditions: [{ type: 'Ready', status: 'False' }] },
    ],
  ];
  for (const [name, target, patch, expected] of cases) {
    it(name, () => {
      assert.deepEqual(applyStrategicMergePatch(target, patch), expected);
    });
  }
});
