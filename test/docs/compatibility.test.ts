import assert from 'node:assert/strict';
import { assertExists, namedTests, readPage } from './named-tests.ts';

const page = readPage('compatibility.md');
const rows = namedTests('compatibility.md');

/** The marks that stand in the description of what Headstart must do. */
const BETTER = (
  'W1 W2 W3 W4 W5 W6 W8 W9 W10 W11 W12 W13 W14 W16 W20 W21 W22 W23 W24 W25 W26 W29 W31 W33 W36 W37 ' +
  'W46 W48 W50 W54 D1 D16'
).split(' ');

describe('docs/compatibility.md', () => {
  it('names a test in every row', () => {
    const tableLines = page.split('\n').filter(line => /^\| (–|[WD]\d+) \|/.test(line));
    assert.ok(rows.length > 50);
    assert.equal(rows.length, tableLines.length);
  });

  it('has something to say about every weak spot that was found', () => {
    const marks = [
      ...Array.from({ length: 54 }, (_, index) => `W${index + 1}`),
      ...Array.from({ length: 26 }, (_, index) => `D${index + 1}`),
    ];
    const said = new Set(page.match(/\b[WD]\d+\b/g));
    assert.deepEqual(
      marks.filter(mark => !said.has(mark)),
      [],
    );
  });

  it('has a row with a test for every weak spot that must be better here', () => {
    const held = new Set(rows.map(({ mark }) => mark));
    assert.deepEqual(
      BETTER.filter(mark => !held.has(mark)),
      [],
    );
  });

  for (const row of rows) {
    it(`names a test that exists: ${row.mark} ${row.file}: ${row.words}`, () => assertExists(row));
  }
});
