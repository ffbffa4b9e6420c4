import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

const TEST = new URL('../', import.meta.url);

/** A row of a table of a page that names a test in its last cell, as `file: words of the test's name`. */
export interface NamedTest {
  /** The first cell. */
  readonly mark: string;
  readonly file: string;
  readonly words: string;
}

/** The rows of docs/`page` that name a test. */
export function namedTests(page: string): readonly NamedTest[] {
  return readPage(page)
    .split('\n')
    .flatMap(line => {
      const [, mark = '', ...cells] = line.split('|').map(cell => cell.trim());
      const [, file = '', words = ''] = /^([\w/.-]+): (.+)$/.exec(cells.at(-2) ?? '') ?? [];
      return file === '' ? [] : [{ mark, file, words }];
    });
}

/** The text of docs/`page`. */
export function readPage(page: string): string {
  return readFileSync(new URL(`../docs/${page}`, TEST), 'utf8');
}

/** Fails unless the test that a row names is there. */
export function assertExists({ file, words }: NamedTest): void {
  // A suite runs on several implementations, and properties run at two lengths, so their files are no tests by themselves.
  const name = /(\.(cluster|suite)|-properties)$/.test(file) ? `${file}.ts` : `${file}.test.ts`;
  const path = new URL(name, TEST);
  assert.ok(existsSync(path), `no file test/${name}`);
  const text = readFileSync(path, 'utf8').replaceAll("\\'", "'");
  assert.ok(text.includes(words), `no such words in test/${name}`);
}
