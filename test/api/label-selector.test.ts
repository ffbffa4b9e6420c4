import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isEmptySelector,
  labelSelectorToString,
  matchesSelector,
  validateLabelSelector,
} from '../../api/label-selector.ts';
import type { LabelSelector } from '../../api/meta.ts';
import { anyJson } from './any-json.ts';

const labels = { zone: 'a', arch: 'amd64', empty: '' };
const expression = (key: string, operator: string, ...values: string[]): LabelSelector =>
  ({ matchExpressions: [{ key, operator, values }] }) as unknown as LabelSelector;

describe('matchesSelector', () => {
  for (const [name, selector, expected] of [
    ['an empty selector matches everything (W5)', {}, true],
    ['empty parts match everything (W5)', { matchLabels: {}, matchExpressions: [] }, true],
    ['equal labels match', { matchLabels: { zone: 'a', arch: 'amd64' } }, true],
    ['one other value does not match', { matchLabels: { zone: 'a', arch: 'arm64' } }, false],
    ['a missing label does not match', { matchLabels: { gpu: 'yes' } }, false],
    ['an empty value is a value', { matchLabels: { empty: '' } }, true],
    ['an empty value is not a missing label', { matchLabels: { gpu: '' } }, false],
    ['In matches a listed value', expression('zone', 'In', 'b', 'a'), true],
    ['In does not match another value', expression('zone', 'In', 'b'), false],
    ['In does not match a missing label', expression('gpu', 'In', 'yes'), false],
    ['NotIn matches another value', expression('zone', 'NotIn', 'b'), true],
    ['NotIn matches a missing label', expression('gpu', 'NotIn', 'yes'), true],
    ['NotIn does not match a listed value', expression('zone', 'NotIn', 'a'), false],
    ['Exists matches an empty value', expression('empty', 'Exists'), true],
    ['Exists does not match a missing label', expression('gpu', 'Exists'), false],
    ['DoesNotExist matches a missing label', expression('gpu', 'DoesNotExist'), true],
    ['DoesNotExist does not match a label', expression('zone', 'DoesNotExist'), false],
    ['an unknown operator matches nothing', expression('zone', 'Gt', '1'), false],
    ['names of Object are no labels', expression('toString', 'Exists'), false],
    [
      'labels and expressions must all hold',
      { matchLabels: { zone: 'a' }, ...expression('arch', 'NotIn', 'amd64') },
      false,
    ],
  ] as const) {
    it(name, () => {
      assert.equal(matchesSelector(selector, labels), expected);
    });
  }

  it('takes an object without labels', () => {
    assert.equal(matchesSelector({}, undefined), true);
    assert.equal(matchesSelector({ matchLabels: { a: 'b' } }, undefined), false);
  });

  it('matches In exactly where it does not match NotIn', () => {
    const word = fc.constantFrom('a', 'b', 'c', '');
    fc.assert(
      fc.property(fc.dictionary(word, word), word, fc.array(word), (some, key, values) => {
        const isIn = matchesSelector(expression(key, 'In', ...values), some);
        assert.notEqual(matchesSelector(expression(key, 'NotIn', ...values), some), isIn);
      }),
    );
  });
});

describe('isEmptySelector', () => {
  it('sees through empty parts', () => {
    assert.equal(isEmptySelector({ matchLabels: {} }), true);
    assert.equal(isEmptySelector({ matchLabels: { a: 'b' } }), false);
    assert.equal(isEmptySelector(expression('a', 'Exists')), false);
  });
});

describe('labelSelectorToString', () => {
  it('writes a selector as kubectl does', () => {
    const selector: LabelSelector = {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['a', 'b'] },
        { key: 'arch', operator: 'NotIn', values: ['arm64'] },
        { key: 'gpu', operator: 'Exists' },
        { key: 'spot', operator: 'DoesNotExist' },
      ],
    };
    assert.equal(
      labelSelectorToString(selector),
      'app=web,zone in (a,b),arch notin (arm64),gpu,!spot',
    );
    assert.equal(labelSelectorToString({}), '');
  });
});

describe('validateLabelSelector', () => {
  it('takes any JSON and prefixes every path', () => {
    fc.assert(
      fc.property(anyJson, value => {
        for (const { path } of validateLabelSelector(value, 'spec.x')) {
          assert.ok(path.startsWith('spec.x'));
        }
      }),
    );
  });

  it('accepts an absent selector', () => {
    assert.deepEqual(validateLabelSelector(undefined, 'spec.x'), []);
    assert.deepEqual(validateLabelSelector(null, 'spec.x'), []);
  });
});
