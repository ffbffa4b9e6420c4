import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

const test = new URL('../', import.meta.url);
const page = readFileSync(new URL('../docs/compatibility.md', test), 'utf8');

/** Rows that name a test: the last cell is `file: words`. */
const rows = page.split('\n').flatMap(line => {
  const [, mark = '', , , held = ''] = line.split('|').map(cell => cell.trim());
  const [, file = '', words = ''] = /^([\w/.-]+): (.+)$/.exec(held) ?? [];
  return file === '' ? [] : [{ mark, file, words }];
});

describe('docs/compatibility.md', () => {
  it('names a test in every row', () => {
    const tableLines = page.split('\n').filter(line => /^\| (–|[WD]\d+) \|/.test(line));
    assert.ok(rows.length > 50);
    assert.equal(rows.length, tableLines.length);
  });

  for (const { mark, file, words } of rows) {
    it(`names a test that exists: ${mark} ${file}: ${words}`, () => {
      // A suite runs on several implementations, so its file is no test by itself.
      const name = file.endsWith('.suite') ? `${file}.ts` : `${file}.test.ts`;
      const path = new URL(name, test);
      assert.ok(existsSync(path), `no file test/${name}`);
      const text = readFileSync(path, 'utf8').replaceAll("\\'", "'");
      assert.ok(text.includes(words), `no such words in test/${name}`);
    });
  }
});
