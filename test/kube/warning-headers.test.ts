import assert from 'node:assert/strict';
import { warningsOf } from '../../kube/warning-headers.ts';

describe('warnings of an answer', () => {
  const cases: readonly { name: string; headers: string[] | undefined; warnings: string[] }[] = [
    { name: 'none', headers: undefined, warnings: [] },
    { name: 'one', headers: ['299 - "it is old"'], warnings: ['it is old'] },
    { name: 'several headers', headers: ['299 - "a"', '299 - "b"'], warnings: ['a', 'b'] },
    {
      name: 'several in one header',
      headers: ['299 - "a, b", 299 - "c"'],
      warnings: ['a, b', 'c'],
    },
    { name: 'quotes', headers: ['299 - "say \\"a\\""'], warnings: ['say "a"'] },
    {
      name: 'UTF-8 that node read as Latin-1',
      headers: [`299 - "${Buffer.from('a…').toString('latin1')}"`],
      warnings: ['a…'],
    },
  ];
  for (const { name, headers, warnings } of cases) {
    it(`reads ${name}`, () => {
      assert.deepEqual(
        warningsOf({ headersDistinct: headers ? { warning: headers } : {} }),
        warnings,
      );
    });
  }
});
