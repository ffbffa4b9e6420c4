import assert from 'node:assert/strict';
import { isDnsSubdomain, isLabelKey, isLabelValue } from '../../api/name-rules.ts';

const cases = (
  rule: (text: string) => boolean,
  rows: readonly (readonly [text: string, valid: boolean])[],
): void => {
  for (const [text, valid] of rows) {
    it(`${valid ? 'accepts' : 'refuses'} ${JSON.stringify(text.slice(0, 30))} (${text.length})`, () => {
      assert.equal(rule(text), valid);
    });
  }
};

describe('isDnsSubdomain', () => {
  cases(isDnsSubdomain, [
    ['node-1', true],
    ['ip-10-0-0-1.eu-west-1.compute.internal', true],
    ['1', true],
    ['', false],
    ['Node', false],
    ['a_b', false],
    ['a..b', false],
    ['.a', false],
    ['-a', false],
    ['a-', false],
    ['team/name', false],
    ['a'.repeat(253), true],
    ['a'.repeat(254), false],
    [`${'-'.repeat(100_000)}!`, false],
  ]);
});

describe('isLabelKey', () => {
  cases(isLabelKey, [
    ['app', true],
    ['App_1.x', true],
    ['example.com/app', true],
    ['a'.repeat(63), true],
    ['a'.repeat(64), false],
    ['', false],
    ['/app', false],
    ['example.com/', false],
    ['a/b/c', false],
    ['Example.com/app', false],
    ['-app', false],
    ['app!', false],
  ]);
});

describe('isLabelValue', () => {
  cases(isLabelValue, [
    ['', true],
    ['v1.2_x-Y', true],
    ['a'.repeat(63), true],
    ['a'.repeat(64), false],
    ['-a', false],
    ['a b', false],
    ['ä', false],
  ]);
});
