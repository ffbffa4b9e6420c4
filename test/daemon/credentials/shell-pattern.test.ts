import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shellPattern } from '../../../daemon/credentials/shell-pattern.ts';

describe('shellPattern', () => {
  // As Go's path.Match has them, which kubelet uses.
  const cases: [pattern: string, text: string, matches: boolean][] = [
    ['abc', 'abc', true],
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'abc', true],
    ['*c', 'abc', true],
    ['a*', 'abc', true],
    ['a*b?c*x', 'abxbbxdbxebxczzx', true],
    ['a*b?c*x', 'abxbbxdbxebxczzy', false],
    ['ab[c]', 'abc', true],
    ['ab[b-d]', 'abc', true],
    ['ab[e-g]', 'abc', false],
    ['ab[^c]', 'abc', false],
    ['ab[^e-g]', 'abc', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'ab', false],
    ['a???b', 'aααb', false],
    ['a??b', 'aααb', true],
    ['[a-ζ]*', 'α', true],
    ['*[a-ζ]', 'A', false],
    ['[\\]a]', ']', true],
    ['[\\-x]', '-', true],
    ['[z-a]', 'm', false],
    ['[x\\-]', 'z', false],
    ['a[', 'a[', false],
    ['💾?', '💾💾', true],
  ];
  for (const [pattern, text, matches] of cases) {
    it(`${matches ? 'takes' : 'does not take'} '${text}' for '${pattern}'`, () =>
      assert.equal(shellPattern(pattern)?.(text) ?? false, matches));
  }

  for (const pattern of ['[]a]', '[-]', '[x-]', '[-x]', 'a[', '[^', '[a-', 'a\\', '[^bc', '[]']) {
    it(`finds '${pattern}' malformed`, () => assert.equal(shellPattern(pattern), undefined));
  }

  it('agrees with a regular expression on patterns of stars and question marks', () => {
    const letters = (...extra: string[]) =>
      fc.string({ unit: fc.constantFrom('a', 'b', ...extra), maxLength: 8 });
    fc.assert(
      fc.property(letters('*', '?'), letters(), (pattern, text) => {
        const expression = pattern.replaceAll('*', '.*').replaceAll('?', '.');
        assert.equal(shellPattern(pattern)?.(text), new RegExp(`^${expression}$`).test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is done at once with patterns that would keep a regular expression busy', () => {
    const pattern = shellPattern(`${'*a'.repeat(100)}b`);
    assert.equal(pattern?.('a'.repeat(250)), false);
  }).timeout(500);
});
