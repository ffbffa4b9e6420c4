import assert from 'node:assert/strict';
import { assertExists, namedTests, readPage } from './named-tests.ts';

describe('docs/security.md', () => {
  const rows = namedTests('security.md');

  it('names a test for every claim of the list', () => {
    const [, list = ''] = readPage('security.md').split("## Auditor's list");
    const claims = list.split('\n').filter(line => /^\| [A-Z]/.test(line));
    assert.ok(claims.length > 20);
    assert.equal(rows.length, claims.length);
  });

  for (const row of rows) {
    it(`names a test that exists: ${row.mark}`, () => assertExists(row));
  }
});
